import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { routes } from "../app/routes.js";

const lines = readFileSync(new URL("../addresses.txt", import.meta.url), "utf8").trim().split("\n");
const known = lines.map((line) => line.split(" "));

test("the server knows the addresses of all pages, so that others are honestly not found", () => {
  assert.deepEqual(known.map(([path]) => path), routes.map(({ path }) => path));
});

test("the modules that the server names with the shell are those of the pages", () => {
  for (const [path, module] of known.filter(([, named]) => named?.endsWith(".js"))) {
    const { page } = routes.find((route) => route.path === path);
    assert.equal(page.toString().match(/import\("\.\/(.+)"\)/)?.[1], module.replace(/^app\//, ""), path);
  }
});
