import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { minorDigits, minorUnits, moneyText, sumOf } from "../app/domain/money.js";

test("minor units are told with as many digits as the currency has", () => {
  assert.equal(moneyText({ amount: 1250, currency: "EUR" }, "en-GB"), "€12.50");
  assert.equal(moneyText({ amount: 1800, currency: "JPY" }, "en-GB"), "JP¥1,800");
});

test("currencies have the digits that the services count with", () => {
  const source = readFileSync(new URL("../../chassis/money.py", import.meta.url), "utf8");
  const table = source.slice(source.indexOf("_MINOR_DIGITS"), source.indexOf("}", source.indexOf("_MINOR_DIGITS")));
  const told = [...table.matchAll(/"([A-Z]{3})": (\d)/g)].map(([, currency, digits]) => [currency, Number(digits)]);
  assert.ok(told.length > 20);
  for (const [currency, digits] of told) assert.equal(minorDigits(currency), digits, currency);
});

test("what people leave out when they write a price is still counted", () => {
  // Intl has no digits for these; ISO 4217, the services and the providers of payments count in hundredths.
  for (const currency of ["HUF", "IDR", "COP", "PKR", "ALL", "LBP"]) {
    assert.equal(minorDigits(currency), 2, currency);
    assert.equal(minorUnits("2500", currency), 250_000, currency);
    assert.match(moneyText({ amount: 250_000, currency }, "en-GB"), /2,500\.00$/, currency);
  }
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
