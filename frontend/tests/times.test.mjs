import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays, cinemaDay, clockText, daysFrom, instantOf, rfc3339, showtimeText, spanOfDay } from "../app/domain/times.js";

test("a show after midnight belongs to the evening before", () => {
  assert.equal(cinemaDay("2026-11-28T00:30:00+01:00", "Europe/Berlin"), "2026-11-27");
  assert.equal(cinemaDay("2026-11-28T05:00:00+01:00", "Europe/Berlin"), "2026-11-28");
});

test("a cinema's day is the one of its own zone", () => {
  assert.equal(cinemaDay("2026-11-21T22:00:00+00:00", "Asia/Tokyo"), "2026-11-22");
  assert.equal(cinemaDay("2026-11-21T22:00:00+00:00", "America/New_York"), "2026-11-21");
});

test("the span of a day runs from five to five in the cinema's zone", () => {
  assert.deepEqual(spanOfDay("2026-11-21", "Europe/Paris"), { from: "2026-11-21T04:00:00+00:00", to: "2026-11-22T04:00:00+00:00" });
});

test("the day on which summer time ends is an hour longer", () => {
  const { from, to } = spanOfDay("2026-10-24", "Europe/Paris");

  assert.equal(Date.parse(to) - Date.parse(from), 25 * 3_600_000);
});

test("a wall-clock time that summer time skips becomes the hour after it", () => {
  assert.equal(rfc3339(instantOf("2026-03-29", "02:30", "Europe/Berlin")), "2026-03-29T01:30:00+00:00");
});

test("a wall-clock time that comes twice is the first of the two", () => {
  assert.equal(rfc3339(instantOf("2026-10-25", "02:30", "Europe/Berlin")), "2026-10-25T00:30:00+00:00");
});

test("times are told on a 24-hour clock in the cinema's zone", () => {
  assert.equal(clockText("2026-11-21T19:00:00+00:00", "Europe/Berlin", "en-GB"), "20:00");
  assert.equal(clockText("2026-11-21T23:00:00+00:00", "Europe/Berlin", "de-DE"), "00:00");
  assert.match(showtimeText("2026-11-27T23:30:00+00:00", "Europe/Berlin", "en-GB"), /^Fri 27 Nov, 00:30$|^Fri, 27 Nov, 00:30$/);
});

test("days are counted over the end of a month", () => {
  assert.deepEqual(daysFrom("2026-11-29", 3), ["2026-11-29", "2026-11-30", "2026-12-01"]);
  assert.equal(addDays("2026-03-01", -1), "2026-02-28");
});
