import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted, likelyTendered, linesOf, minutesLeft, nearestTo, takenOf, totalOf, typesOf } from "../app/admin/domain/desk.js";
import { rowsOf } from "../app/domain/seats.js";

const seat = (id, category = "STANDARD") => ({ id, row: id[0], number: Number(id.slice(1)), category, x: Number(id.slice(1)), y: id.charCodeAt(0) - 65 });
const price = (category, ticketType, amount) => ({ category, ticketType, price: { amount, currency: "EUR" } });
const PRICES = [price("STANDARD", "CHILD", 700), price("STANDARD", "ADULT", 1100), price("PREMIUM", "ADULT", 1500), price("PREMIUM", "CHILD", 1000)];
const room = rowsOf(["A", "B", "C"].flatMap((row) => [1, 2, 3, 4, 5, 6].map((number) => seat(`${row}${number}`))));

test("adults come first, whatever the order of the prices, and types without a price are not offered", () => {
  assert.deepEqual(typesOf(PRICES), ["ADULT", "CHILD"]);
  assert.deepEqual(typesOf([price("STANDARD", "STUDENT", 1)]), ["STUDENT"]);
});

test("counts always add up to the seats: adults take what is left, and nobody gets more than there are", () => {
  assert.deepEqual(fitted({ CHILD: 1 }, 3), { ADULT: 2, CHILD: 1 });
  assert.deepEqual(fitted({ CHILD: 5, STUDENT: 2 }, 3), { ADULT: 0, CHILD: 3, STUDENT: 0 });
  assert.deepEqual(fitted({ CHILD: -1 }, 2), { ADULT: 2, CHILD: 0 });
});

test("each seat has the price of its category and type", () => {
  const lines = linesOf([seat("A1"), seat("A2", "PREMIUM")], { CHILD: 1 }, PRICES);

  assert.deepEqual(lines, [{ seatId: "A1", ticketType: "ADULT", amount: 1100 }, { seatId: "A2", ticketType: "CHILD", amount: 1000 }]);
  assert.equal(totalOf(lines), 2100);
});

test("cash is suggested exact, rounded up and in notes, each once and never too little", () => {
  assert.deepEqual(likelyTendered(2350, "EUR"), [2350, 2500, 5000, 10_000]);
  assert.deepEqual(likelyTendered(2000, "EUR"), [2000, 5000, 10_000, 20_000]);
  assert.deepEqual(likelyTendered(0, "EUR"), []);
});

test("cash is suggested in the currency's own notes, with no decimals or with three", () => {
  assert.deepEqual(likelyTendered(3800, "JPY"), [3800, 4000, 5000, 10_000]);
  assert.deepEqual(likelyTendered(2600, "KWD"), [2600, 5000, 10_000, 20_000]);
  assert.deepEqual(likelyTendered(7_500_000, "IDR"), [7_500_000, 10_000_000, 20_000_000, 50_000_000]);
});

test("a lost seat is made up for beside the party, then in the next row, never by a taken one", () => {
  const free = (...ids) => (id) => ids.includes(id);

  assert.deepEqual(nearestTo(room, free("A1", "B5", "C3"), ["B3", "B4"], 1), ["B5"]);
  assert.deepEqual(nearestTo(room, free("A3", "B6"), ["B3"], 2), ["A3", "B6"]);
  assert.deepEqual(nearestTo(room, free("A1"), ["B3"], 2), ["A1"]);
  assert.deepEqual(nearestTo(room, free("A1"), [], 1), []);
});

test("the server's refusals name seats by their place in what was asked", () => {
  const refusals = [{ code: "SEAT_TAKEN", message: "", field: ["input", "seats", "1"] }, { code: "OTHER", message: "", field: ["input", "seats", "0"] }];

  assert.deepEqual(takenOf(refusals, ["A1", "A2"]), ["A2"]);
  assert.deepEqual(takenOf([{ code: "SEAT_TAKEN", message: "", field: null }], ["A1"]), []);
});

test("a hold has a minute left until it has none", () => {
  const until = "2026-11-21T19:05:00+00:00";

  assert.equal(minutesLeft(until, Date.parse(until) - 61_000), 2);
  assert.equal(minutesLeft(until, Date.parse(until) - 1), 1);
  assert.equal(minutesLeft(until, Date.parse(until)), null);
  assert.equal(minutesLeft(null, 0), null);
});
