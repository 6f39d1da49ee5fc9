import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { routes } from "../app/routes.js";

test("the server knows the addresses of all pages, so that others are honestly not found", () => {
  const known = readFileSync(new URL("../addresses.txt", import.meta.url), "utf8").trim().split("\n");

  assert.deepEqual(known, routes.map(({ path }) => path));
});
