import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PAGES, routes } from "../app/routes.js";

const lines = readFileSync(new URL("../addresses.txt", import.meta.url), "utf8").trim().split("\n");
const source = readFileSync(new URL("../app/first.js", import.meta.url), "utf8");
const known = lines.map((line) => line.split(" "));

test("the server knows the addresses of all pages, so that others are honestly not found", () => {
  assert.deepEqual(known.map(([path]) => path), routes.map(({ path }) => path));
});

test("the modules that the server names with the shell are the page's own, and others that there are", () => {
  for (const [path, module, ...others] of known.filter(([, named]) => named?.endsWith(".js"))) {
    const { page } = PAGES.find((route) => route.path === path);
    assert.equal(page.toString().match(/import\("\.\/(.+)"\)/)?.[1], module.replace(/^app\//, ""), path);
    for (const other of others.filter((name) => name !== "takes-money")) assert.ok(existsSync(new URL(`../${other}`, import.meta.url)), other);
  }
});

test("the first script asks early for the words that a page will ask for", () => {
  const { body } = source.match(/\n {2}const parts = (?<body>.+);\n/).groups;
  const partsOf = new Function("place", `return ${body};`);

  for (const { path, words = ["seats", "account"] } of PAGES) assert.deepEqual(partsOf(path.split("/")[1]), words, path);
});
