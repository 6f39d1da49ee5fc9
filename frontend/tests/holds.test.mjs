import assert from "node:assert/strict";
import { test } from "node:test";
import { holdLeft, isRunningOut } from "../app/domain/holds.js";

const NOON = Date.parse("2026-11-21T12:00:00+00:00");
const at = (seconds) => new Date(NOON + seconds * 1000).toISOString();

test("more than two minutes are told in minutes alone", () => {
  assert.equal(holdLeft(at(600), NOON).minutes, 10);
  assert.equal(holdLeft(at(600), NOON).kind, "minutes");
});

test("the last two minutes are told with seconds", () => {
  assert.deepEqual(holdLeft(at(119), NOON), { kind: "seconds", minutes: 1, seconds: 59, left: 119_000 });
});

test("a hold is over at its deadline, not before", () => {
  assert.equal(holdLeft(at(0), NOON).kind, "over");
  assert.equal(holdLeft(at(0.2), NOON).kind, "seconds");
});

test("the question for more time comes in the last minute of a living hold", () => {
  assert.equal(isRunningOut(at(61), NOON), false);
  assert.equal(isRunningOut(at(59), NOON), true);
  assert.equal(isRunningOut(at(-1), NOON), false);
});
