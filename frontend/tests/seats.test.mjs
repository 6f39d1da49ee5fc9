import assert from "node:assert/strict";
import { test } from "node:test";
import { freeBlocks, loneSeats, neighbour, placeOf, rowsOf, statusesOf } from "../app/domain/seats.js";

/** Rows front to back; a letter a seat, _ a gap of one place. */
function room(...plan) {
  const seats = plan.flatMap((places, y) => {
    let number = 0;
    return [...places].flatMap((place, x) =>
      place === "_" ? [] : [{ id: `${"ABCDEF"[y]}${(number += 1)}`, row: "ABCDEF"[y], number, category: "STANDARD", x, y }],
    );
  });
  return rowsOf(seats);
}
const everywhere = () => true;
const but = (...taken) => (id) => !taken.includes(id);
const ids = (blocks) => blocks.map((block) => block.map((seat) => seat.id).join(" "));

test("rows go from the screen to the back and from left to right, whatever order the seats came in", () => {
  const rows = rowsOf([
    { id: "B1", row: "B", number: 1, category: "STANDARD", x: 0, y: 1 },
    { id: "A2", row: "A", number: 2, category: "STANDARD", x: 1, y: 0 },
    { id: "A1", row: "A", number: 1, category: "STANDARD", x: 0, y: 0 },
  ]);

  assert.deepEqual(rows.map((row) => row.seats.map((seat) => seat.id)), [["A1", "A2"], ["B1"]]);
});

test("each letter of seatStatuses is the state of the seat at its place", () => {
  const seats = room("SSSSS")[0].seats;

  const statuses = statusesOf(seats, "ahmsb");

  assert.deepEqual([...statuses.values()], ["AVAILABLE", "HELD", "HELD_BY_ME", "SOLD", "BLOCKED"]);
});

test("a seat that the letters do not cover is not offered", () => {
  assert.equal(statusesOf(room("SS")[0].seats, "a").get("A2"), "BLOCKED");
});

test("arrows move in space: over a gap sideways, to the nearest place up and down", () => {
  const rows = room("SS__SS", "_SSSS_");

  assert.equal(neighbour(rows, "A2", "right"), "A3");
  assert.equal(neighbour(rows, "A3", "down"), "B4");
  assert.equal(neighbour(rows, "B1", "up"), "A2");
  assert.equal(neighbour(rows, "A1", "left"), null);
  assert.equal(neighbour(rows, "B1", "down"), null);
  assert.equal(neighbour(rows, "A2", "rowEnd"), "A4");
  assert.equal(neighbour(rows, "A2", "last"), "B4");
});

test("blocks for a party leave no seat alone at either end", () => {
  const [row] = room("SSSSS");

  assert.deepEqual(ids(freeBlocks(row, everywhere, 2)), ["A1 A2", "A4 A5"]);
});

test("blocks that leave a seat alone are offered when there are no others", () => {
  const [row] = room("SSS");

  assert.deepEqual(ids(freeBlocks(row, everywhere, 2)), ["A1 A2", "A2 A3"]);
});

test("an aisle or a taken seat parts a block", () => {
  const [row] = room("SS_SSS");

  assert.deepEqual(ids(freeBlocks(row, everywhere, 3)), ["A3 A4 A5"]);
  assert.deepEqual(ids(freeBlocks(row, but("A4"), 2)), ["A1 A2"]);
});

test("a choice that leaves one seat between taken ones names it", () => {
  const rows = room("SSSS");

  assert.deepEqual(loneSeats(rows, everywhere, new Set(["A2", "A3"])), ["A1", "A4"]);
});

test("a seat that was alone before is not held against the choice", () => {
  const rows = room("SSSSS");

  assert.deepEqual(loneSeats(rows, but("A2"), new Set(["A3", "A4", "A5"])), []);
});

test("the place of seats is told by side and by rows from the screen", () => {
  const rows = room("SSSSSSSSS", "SSSSSSSSS", "SSSSSSSSS");

  assert.deepEqual(placeOf(rows, ["B5"]), { side: "middle", rowsFromScreen: 2 });
  assert.deepEqual(placeOf(rows, ["A1", "A2"]), { side: "left", rowsFromScreen: 1 });
  assert.equal(placeOf(rows, []), null);
});
