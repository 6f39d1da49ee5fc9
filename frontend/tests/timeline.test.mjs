import assert from "node:assert/strict";
import { test } from "node:test";

import { clashing, hoursIn, instantAt, minutesFrom, shownPart, startsOn, stepped, timesIn } from "../app/admin/domain/timeline.js";
import { clockText, spanOfDay } from "../app/domain/times.js";

const slot = (id, start, end, room = "one") => ({ id, room, start, end });

test("two showtimes clash when less than the time to clean lies between them, in one room only", () => {
  assert.deepEqual([...clashing([slot("a", 0, 90), slot("b", 109, 200)], 20)].sort(), ["a", "b"]);
  assert.deepEqual([...clashing([slot("a", 0, 90), slot("b", 110, 200)], 20)], []);
  assert.deepEqual([...clashing([slot("a", 0, 90), slot("b", 50, 200, "two")], 20)], []);
  assert.deepEqual([...clashing([slot("b", 100, 200), slot("a", 0, 90), slot("c", 300, 400)], 20)].sort(), ["a", "b"]);
});

test("what moves lands on five minutes", () => {
  assert.deepEqual([0, 2, 3, 7, 8, -3].map(stepped), [0, 0, 5, 5, 10, -5]);
});

test("nights on which clocks change have the hours that they have", () => {
  const labels = (day) => {
    const { from, to } = spanOfDay(day, "Europe/Vienna");
    const length = minutesFrom(from, to);
    return { length, clocks: hoursIn({ first: 0, last: length }).map((minute) => clockText(instantAt(from, minute).toISOString(), "Europe/Vienna", "en-GB")) };
  };
  const shorter = labels("2027-03-27");
  assert.equal(shorter.length, 23 * 60);
  assert.deepEqual(shorter.clocks.slice(-4), ["00:00", "01:00", "03:00", "04:00"]);
  const longer = labels("2026-10-24");
  assert.equal(longer.length, 25 * 60);
  assert.deepEqual(longer.clocks.slice(-5), ["01:00", "02:00", "02:00", "03:00", "04:00"]);
  assert.equal(labels("2026-11-21").length, 24 * 60);
});

test("the drawn part has room around the showtimes and stays within the day", () => {
  assert.deepEqual(shownPart([slot("a", 545, 660)], 1440), { first: 420, last: 1140 });
  assert.deepEqual(shownPart([slot("a", 30, 1430)], 1440), { first: 0, last: 1440 });
  assert.deepEqual(shownPart([], 1440), { first: 420, last: 1140 });
});

test("a bulk is each time on each wanted weekday", () => {
  const days = ["2026-11-21", "2026-11-22", "2026-11-23"]; // Saturday to Monday
  assert.deepEqual(startsOn(days, new Set([6, 1]), ["17:00", "20:30"]).map(({ day, time }) => `${day} ${time}`), [
    "2026-11-21 17:00", "2026-11-21 20:30", "2026-11-23 17:00", "2026-11-23 20:30",
  ]);
  assert.deepEqual(startsOn(days, new Set([7]), ["09:00"]), [{ day: "2026-11-22", time: "09:00" }]);
});

test("times are read as people write them, and a slip is none", () => {
  assert.deepEqual(timesIn("20:30, 17.00 9"), ["09:00", "17:00", "20:30"]);
  assert.deepEqual(timesIn("17:00;17:00"), ["17:00"]);
  for (const wrong of ["", " , ", "25:00", "17:60", "half past"]) assert.equal(timesIn(wrong), null, wrong);
});
