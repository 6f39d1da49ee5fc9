import assert from "node:assert/strict";
import { test } from "node:test";
import { directionOf, distanceKm, projected } from "../app/domain/distance.js";

const PARIS = { latitude: 48.8566, longitude: 2.3522 };
const LISBON = { latitude: 38.7223, longitude: -9.1393 };
const PLANE = { width: 600, height: 300, margin: 50 };

test("a distance is that of the great circle", () => {
  assert.equal(Math.round(distanceKm(PARIS, LISBON)), 1453);
  assert.equal(distanceKm(PARIS, PARIS), 0);
});

test("a direction is one of eight points, also across the date line", () => {
  const at = (latitude, longitude) => ({ latitude, longitude });
  const around = [at(1, 0), at(1, 1), at(0, 1), at(-1, 1), at(-1, 0), at(-1, -1), at(0, -1), at(1, -1)];

  assert.deepEqual(around.map((point) => directionOf(at(0, 0), point)), ["n", "ne", "e", "se", "s", "sw", "w", "nw"]);
  assert.equal(directionOf(PARIS, LISBON), "sw");
  assert.equal(directionOf(at(0, 179), at(0, -179)), "e");
});

test("places keep their sides and stay inside the picture", () => {
  const [paris, lisbon] = projected([PARIS, LISBON], PLANE);

  assert.ok(paris.x > lisbon.x && paris.y < lisbon.y);
  for (const { x, y } of [paris, lisbon]) assert.ok(x >= 50 && x <= 550 && y >= 50 && y <= 250);
});

test("one place alone is in the middle, none is none", () => {
  assert.deepEqual(projected([PARIS], PLANE).map(({ x, y }) => [x, y]), [[300, 150]]);
  assert.deepEqual(projected([], PLANE), []);
});
