import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { chooseLocale, locale, setCatalogue, t } from "../app/core/i18n.js";

const app = new URL("../app/", import.meta.url);
const catalogue = (tag) => JSON.parse(readFileSync(new URL(`i18n/${tag}.json`, app), "utf8"));
const holes = (entry) => new Set([...JSON.stringify(entry).matchAll(/\{(\w+)\}/g)].map((match) => match[1]).filter((name) => name !== "count"));

beforeEach(() => {
  locale.value = "en";
  setCatalogue({ hello: "Hello {name}", seats: { zero: "none", one: "1 seat", other: "{count} seats" } });
});

test("names are put into their places", () => assert.equal(t("hello", { name: "Ana" }), "Hello Ana"));

test("a count chooses its plural form", () => {
  assert.deepEqual([0, 1, 2, 1200].map((count) => t("seats", { count })), ["none", "1 seat", "2 seats", "1,200 seats"]);
});

test("a word that the catalogue lacks is told by its key", () => {
  assert.equal(t("nowhere.to.be.found"), "nowhere.to.be.found");
});

test("the language is the one chosen before, else the first of the browser that we speak", () => {
  assert.equal(chooseLocale(["sv-SE", "de-AT", "en"], null), "de");
  assert.equal(chooseLocale(["de"], "fr"), "fr");
  assert.equal(chooseLocale(["sv"], "xx"), "en");
});

for (const part of ["", "seats.", "account.", "staff."]) {
  for (const tag of ["de", "fr"]) {
    test(`the catalogue ${part}${tag} has the words and the places of the English one`, () => {
      const english = catalogue(`${part}en`);
      const other = catalogue(`${part}${tag}`);

      assert.deepEqual(Object.keys(other), Object.keys(english));
      for (const key of Object.keys(english)) assert.deepEqual(holes(other[key]), holes(english[key]), key);
    });
  }
}

const scripts = readdirSync(app, { recursive: true }).filter((file) => file.endsWith(".js"));
const sources = Object.fromEntries(scripts.map((file) => [file.replaceAll("\\", "/"), readFileSync(new URL(file, app), "utf8")]));
const ofStaff = (file) => file.startsWith("admin/");

test("every word that a page asks for by a fixed key is in its catalogue, those of staff in the one that only their pages load", () => {
  const guests = { ...catalogue("en"), ...catalogue("seats.en"), ...catalogue("account.en") };
  const all = { ...guests, ...catalogue("staff.en") };
  const asked = Object.entries(sources).flatMap(([file, source]) => [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => [file, match[1]]));

  assert.ok(asked.length > 300);
  assert.deepEqual(asked.filter(([file, key]) => !(key in (ofStaff(file) ? all : guests))), []);
});

/** Modules that a page imports at once, those in turn. */
function modulesOf(entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const [, address] of sources[entry].matchAll(/^(?:import|export) [^;]*?"(\.{1,2}\/[^"]+)";/gm)) {
    const other = new URL(address, new URL(entry, app)).href.replace(app.href, "");
    if (other in sources) modulesOf(other, found);
  }
  return found;
}

for (const [page, parts] of [["main.js", []], ["pages/home.js", []], ["pages/film.js", []], ["pages/showtime.js", ["seats.en"]], ["pages/showtime-closed.js", ["seats.en"]], ["pages/seat-list.js", ["seats.en"]]]) {
  test(`what ${page} says by a fixed key is in the words that are fetched for it`, () => {
    const words = Object.assign(catalogue("en"), ...parts.map(catalogue));
    // Words of forms are asked for at a press, when the rest is there.
    const modules = [...modulesOf(page)].filter((file) => file !== "core/forms.js");
    const asked = modules.flatMap((file) => [...sources[file].matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => [file, match[1]]));

    assert.ok(asked.length > 2);
    assert.deepEqual(asked.filter(([, key]) => !(key in words)), []);
  });
}

test("no word of guests stands in two catalogues", () => {
  const keys = ["en", "seats.en", "account.en"].flatMap((name) => Object.keys(catalogue(name)));

  assert.equal(new Set(keys).size, keys.length);
});

test("every word of staff is asked for somewhere, by its key or by a text that makes it", () => {
  const text = Object.keys(sources).filter(ofStaff).map((file) => sources[file]).join("\n");
  const whole = new Set([...text.matchAll(/"([\w.]+)"/g)].map((match) => match[1]));
  const made = [...text.matchAll(/`(staff\.[\w.]*\$\{[^}]*\}[\w.]*)`/g)].map((match) => new RegExp(`^${match[1].replaceAll(".", "\\.").replace(/\$\{.*\}/, "\\w+")}$`));

  const idle = Object.keys(catalogue("staff.en")).filter((key) => !whole.has(key) && !made.some((shape) => shape.test(key)));

  assert.deepEqual(idle, []);
});

test("the staff's words are in order, one a line, so that two people can add some at once", () => {
  for (const tag of ["en", "de", "fr"]) {
    const keys = Object.keys(catalogue(`staff.${tag}`));
    const text = readFileSync(new URL(`i18n/staff.${tag}.json`, app), "utf8");

    assert.deepEqual(keys, [...keys].sort());
    assert.ok(keys.every((key) => /^staff\.\w+\.\w+$/.test(key)), "staff.<page>.<word>");
    assert.equal(text.trim().split("\n").length, keys.length + 2);
  }
});
