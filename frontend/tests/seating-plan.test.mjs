import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, redone, stepped, undone } from "../app/admin/domain/history.js";
import { faultsOf, warningsOf } from "../app/admin/domain/plan-problems.js";
import { placesOf, placesText, planOf, planText } from "../app/admin/domain/plan-text.js";
import * as plans from "../app/admin/domain/seating-plan.js";

const row = (name, places, more = {}) => ({ row: name, places, numberFrom: 1, rightToLeft: false, ...more });
const written = (text) => planOf(text).plan;
const box = (top, left, bottom = top, right = left) => ({ top, bottom, left, right });

test("a row of numbers and gaps is so many standard seats", () => {
  assert.deepEqual(written("A: 4_10_4"), [row("A", "SSSS_SSSSSSSSSS_SSSS")]);
});

test("a text tells categories, first number, numbering from the right, and aisles across the room", () => {
  assert.deepEqual(written("a: 2S3P_AC #5 <\n\n: ___\nB:1"), [
    row("A", "SSPPP_AC", { numberFrom: 5, rightToLeft: true }),
    row("", "___"),
    row("B", "S"),
  ]);
});

test("what is written is read as the very same plan, and written again as the very same text", () => {
  const pieces = ["S", "P", "R", "L", "A", "C", "_"];
  let seed = 7;
  const next = (most) => (seed = (seed * 16807) % 2147483647) % most;
  for (let round = 0; round < 500; round += 1) {
    const places = Array.from({ length: 1 + next(80) }, () => pieces[next(7)].repeat(1 + next(4))).join("").slice(0, 80);
    const plan = [row("Q", places, { numberFrom: 1 + next(900), rightToLeft: next(2) === 1 }), row("", "_")];
    const text = planText(plan);

    assert.deepEqual(planOf(text), { plan, faults: [] });
    assert.equal(planText(planOf(text).plan), text);
  }
});

test("runs that touch carry their letters, others are bare", () => {
  assert.deepEqual(["SSSS", "SSPP_S", "PSS", "SP", "A"].map(placesText), ["4", "2S2P_1", "P2", "1SP", "A"]);
});

test("a line that can't be read is named with its reason, the others stand", () => {
  const { plan, faults } = planOf("A: 4\nwithout a colon\nABC: 4\nD: 4x2\nE: 81\nF: 3 #0\nG:\nH: 5");

  assert.deepEqual(plan.map((each) => each.row), ["A", "H"]);
  assert.deepEqual(faults.map(({ line, code }) => [line, code]), [
    [2, "shape"], [3, "name"], [4, "place"], [5, "length"], [6, "number"], [7, "length"],
  ]);
  assert.deepEqual(placesOf("4?"), { code: "place", what: "?" });
});

test("seats are numbered along the row, from its right end where it says so, gaps are not", () => {
  const seats = plans.seatsOf([row("A", "SS_P", { numberFrom: 5 }), row("", "_"), row("B", "_AC", { rightToLeft: true })]);

  assert.deepEqual(seats.map(({ id, x, y, category }) => [id, x, y, category]), [
    ["A5", 0, 0, "STANDARD"], ["A6", 1, 0, "STANDARD"], ["A7", 3, 0, "PREMIUM"], ["B2", 1, 2, "ACCESSIBLE"], ["B1", 2, 2, "COMPANION"],
  ]);
});

test("painting changes the seats of a box and no aisle; where there are none, it makes some, beyond a row's end too", () => {
  const plan = written("A: 3\nB: 2_3");

  assert.equal(planText(plans.painted(plan, box(0, 1, 1, 3), "P")), "A: 1S2P\nB: 1SP_P2");
  assert.equal(planText(plans.painted(plan, box(1, 2), "P")), "A: 3\nB: 2SP3");
  assert.equal(planText(plans.painted(plan, box(0, 4, 0, 5), "A")), "A: 3_2A\nB: 2_3");
});

test("taking seats away moves none", () => {
  const plan = written("A: 3\nB: 5");

  assert.equal(planText(plans.painted(plan, box(1, 1, 1, 2), "_")), "A: 3\nB: 1__2");
  assert.equal(planText(plans.painted(plan, box(0, 0, 0, 4), "_")), "A: _\nB: 5");
});

test("an aisle moves what stands right of it, closing up brings it back", () => {
  const plan = written("A: 6\nB: 2");
  const parted = plans.withAisle(plan, box(0, 3, 1, 3));

  assert.equal(planText(parted), "A: 3_3\nB: 2");
  assert.deepEqual(plans.closedUp(parted, box(0, 3, 1, 3)), plan);
});

test("an aisle that would make a row too long leaves that row as it is", () => {
  const plan = [row("A", "S".repeat(80)), row("B", "SS")];

  assert.equal(planText(plans.withAisle(plan, box(0, 1, 1, 1))), "A: 80\nB: 1_1");
});

test("row names go on after Z, those taken are passed over, after ZZ there are none", () => {
  assert.deepEqual(["", "A", "Z", "AZ", "ZY", "ZZ"].map(plans.nameAfter), ["A", "B", "AA", "BA", "ZZ", ""]);
  assert.equal(plans.freeNameAfter(written("A:1\nB:1\nD:1"), "A"), "C");
  assert.equal(plans.newName(written("C:1\n:_")), "D");
});

test("a block of rows, copies, an aisle across, new names and numbers", () => {
  const block = { count: 2, first: "A", places: "SS", numberFrom: 1, rightToLeft: false, at: 0 };
  const two = plans.withRows([], block);
  const four = plans.withCopies(plans.withCrossAisle(two, box(0, 0)), box(0, 0, 1, 0));

  assert.equal(planText(four), "A: 2\n: _\nC: 2\n: _\nB: 2");
  assert.equal(planText(plans.renamed(four, box(0, 0, 4, 0), "K")), "K: 2\n: _\nL: 2\n: _\nM: 2");
  assert.equal(planText(plans.numbered(four, box(0, 0, 2, 0), { numberFrom: 9, rightToLeft: true })), "A: 2 #9 <\n: _\nC: 2 #9 <\n: _\nB: 2");
  assert.equal(planText(plans.withoutRows(four, box(1, 0, 3, 0))), "A: 2\nB: 2");
});

test("a box holds so many seats of each category", () => {
  assert.deepEqual(plans.categoriesIn(written("A: 2S3P\nB: 5"), box(0, 1, 1, 2)), [["STANDARD", 3], ["PREMIUM", 1]]);
});

test("keys move within what is drawn, to a row's own end", () => {
  const plan = written("A: 3\nB: 2\nC: 3");
  const from = { y: 1, x: 0 };

  assert.deepEqual(plans.moved(plan, { y: 0, x: 0 }, "up", 4), { y: 0, x: 0 });
  assert.deepEqual(plans.moved(plan, { y: 0, x: 2 }, "right", 4), { y: 0, x: 3 });
  assert.deepEqual(["right", "rowEnd", "last", "firstRow"].map((move) => plans.moved(plan, from, move, 4)), [
    { y: 1, x: 1 }, { y: 1, x: 1 }, { y: 2, x: 2 }, { y: 0, x: 0 },
  ]);
});

test("fifty steps can be undone and redone, not one more, and a new one ends what was undone", () => {
  let history = begun(0);
  for (let step = 1; step <= 60; step += 1) history = stepped(history, step);
  for (let step = 0; step < 70; step += 1) history = undone(history);

  assert.equal(history.now, 10);
  assert.equal(redone(redone(history)).now, 12);
  assert.deepEqual(redone(stepped(history, 99)).now, 99);
});

test("typing is one step, until something else is done", () => {
  const typed = stepped(stepped(begun("a"), "ab", "text"), "abc", "text");

  assert.equal(undone(typed).now, "a");
  assert.equal(undone(stepped(typed, "x")).now, "abc");
});

test("a plan that the service would refuse is told so", () => {
  const codes = (plan) => faultsOf(plan).map(({ code }) => code);

  assert.deepEqual(codes([]), ["empty"]);
  assert.deepEqual(codes(written("A: 4\nA: 4")), ["repeated"]);
  assert.deepEqual(codes([row("", "S")]), ["name"]);
  assert.deepEqual(codes([row("A", "SS", { numberFrom: 999 })]), ["number"]);
  assert.deepEqual(codes([row("A", "S".repeat(81))]), ["length"]);
  assert.deepEqual(codes(Array.from({ length: 61 }, (_, y) => row(`${y < 26 ? "A" : y < 52 ? "B" : "C"}${String.fromCharCode(65 + (y % 26))}`, "S".repeat(10)))), ["seats", "rows"]);
  assert.deepEqual(codes(written("A: 4\n: _\nB: 4")), []);
});

test("a wheelchair space without a companion beside it, and a category without a price, are told with their seats", () => {
  const plan = written("A: AC_A_CA\nB: 2P");

  assert.deepEqual(warningsOf(plan, new Set(["ACCESSIBLE", "COMPANION"])).map(({ code, labels }) => [code, labels]), [
    ["unpriced", ["B1", "B2"]],
    ["alone", ["A3"]],
  ]);
  assert.deepEqual(warningsOf(plan, null).map(({ code }) => code), ["alone"]);
});
