import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { chooseLocale, locale, setCatalogue, t } from "../app/core/i18n.js";

const app = new URL("../app/", import.meta.url);
const catalogue = (tag) => JSON.parse(readFileSync(new URL(`i18n/${tag}.json`, app), "utf8"));
const holes = (entry) => new Set([...JSON.stringify(entry).matchAll(/\{(\w+)\}/g)].map((match) => match[1]).filter((name) => name !== "count"));

beforeEach(() => {
  locale.value = "en";
  setCatalogue({ hello: "Hello {name}", seats: { zero: "none", one: "1 seat", other: "{count} seats" } }, { only: "English only" });
});

test("names are put into their places", () => assert.equal(t("hello", { name: "Ana" }), "Hello Ana"));

test("a count chooses its plural form", () => {
  assert.deepEqual([0, 1, 2, 1200].map((count) => t("seats", { count })), ["none", "1 seat", "2 seats", "1,200 seats"]);
});

test("a word that a catalogue lacks is told in English, and one that no catalogue has by its key", () => {
  assert.equal(t("only"), "English only");
  assert.equal(t("nowhere.to.be.found"), "nowhere.to.be.found");
});

test("the language is the one chosen before, else the first of the browser that we speak", () => {
  assert.equal(chooseLocale(["sv-SE", "de-AT", "en"], null), "de");
  assert.equal(chooseLocale(["de"], "fr"), "fr");
  assert.equal(chooseLocale(["sv"], "xx"), "en");
});

for (const tag of ["de", "fr"]) {
  test(`the ${tag} catalogue has the words and the places of the English one`, () => {
    const english = catalogue("en");
    const other = catalogue(tag);

    assert.deepEqual(Object.keys(other), Object.keys(english));
    for (const key of Object.keys(english)) assert.deepEqual(holes(other[key]), holes(english[key]), key);
  });
}

test("every word that a page asks for by a fixed key is in the catalogue", () => {
  const english = catalogue("en");
  const files = readdirSync(app, { recursive: true }).filter((file) => file.endsWith(".js"));
  const asked = files.flatMap((file) => [...readFileSync(new URL(file, app), "utf8").matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => match[1]));

  assert.ok(asked.length > 300);
  assert.deepEqual([...new Set(asked)].filter((key) => !(key in english)), []);
});
