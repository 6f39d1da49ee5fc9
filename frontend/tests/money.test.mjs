import assert from "node:assert/strict";
import { test } from "node:test";
import { minorUnits, moneyText, sumOf } from "../app/domain/money.js";

test("minor units are told with as many digits as the currency has", () => {
  assert.equal(moneyText({ amount: 1250, currency: "EUR" }, "en-GB"), "€12.50");
  assert.equal(moneyText({ amount: 1800, currency: "JPY" }, "en-GB"), "JP¥1,800");
});

test("a typed price becomes minor units, with comma or point", () => {
  assert.equal(minorUnits("12.50", "EUR"), 1250);
  assert.equal(minorUnits("12,5", "EUR"), 1250);
  assert.equal(minorUnits("1800", "JPY"), 1800);
});

test("what is no price in the currency is refused", () => {
  for (const typed of ["", "twelve", "12.505", "-3", "1e3"]) assert.equal(minorUnits(typed, "EUR"), null, typed);
  assert.equal(minorUnits("18.5", "JPY"), null);
});

test("a sum keeps its currency, also of nothing", () => {
  assert.deepEqual(sumOf([], "EUR"), { amount: 0, currency: "EUR" });
  assert.deepEqual(sumOf([{ amount: 5, currency: "EUR" }, { amount: 7, currency: "EUR" }], "EUR"), { amount: 12, currency: "EUR" });
});
