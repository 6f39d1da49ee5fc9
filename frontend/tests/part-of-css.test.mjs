import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { partOfCss, rulesOf } from "../part-of-css.mjs";

const frontend = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, frontend), "utf8");
const SHEET = `@charset "UTF-8";/*! Licence */:root{--bs-read:1px;--bs-of:var(--bs-deep);--bs-deep:2px;--bs-own:3px;--bs-unread:url("data:;{}")}
p{margin:var(--bs-read)}.kept,.gone{color:red}.kept .gone{color:blue}.kept:not(.kept-too){gap:0}.kept::after{content:"}.gone{"}
@media (min-width:1px){.gone{color:red}}@media print{.kept{color:red}}@keyframes used{to{color:red}}@keyframes unused{to{color:red}}.kept-too{animation:used 1s}`;

test("rules of elements and of wanted classes stay, others go with what only they used", () => {
  const { css, leftOut } = partOfCss(SHEET, /^kept(-too)?$/, "a { margin: var(--bs-own) }");

  assert.equal(
    css,
    `/*! Licence */
:root{--bs-read:1px;--bs-own:3px;}
p{margin:var(--bs-read)}
.kept{color:red}
.kept:not(.kept-too){gap:0}
.kept::after{content:"}.gone{"}
@media print{.kept{color:red}}
@keyframes used{to{color:red}}
.kept-too{animation:used 1s}
`,
  );
  assert.deepEqual(leftOut, ["gone"]);
});

test("a sheet is taken apart where its braces are, not where its texts have some", () => {
  assert.deepEqual(rulesOf('a{b:"}"}@media x{c{d:e}}'), [{ head: "a", body: 'b:"}"' }, { head: "@media x", body: "c{d:e}" }]);
});

test("no page wears a class of Bootstrap that was left out", () => {
  const leftOut = new Set(read("vendor/bootstrap/left-out.txt").trim().split("\n"));
  const ours = new Set(readdirSync(new URL("css/", frontend)).flatMap((name) => [...read(`css/${name}`).matchAll(/\.([a-z][\w-]*)/g)].map((match) => match[1])));
  const pages = readdirSync(new URL("app/", frontend), { recursive: true }).filter((name) => name.endsWith(".js"));
  const worn = pages.flatMap((name) =>
    [...read(`app/${name}`).matchAll(/\bclass="([^"]*)"|\bclass=([\w-]+)/g)].flatMap((match) =>
      (match[1] ?? match[2]).replace(/\$\{[^}]*\}/g, " ").split(/\s+/).map((each) => ({ name, each })),
    ),
  );

  assert.ok(worn.length > 400);
  assert.deepEqual(worn.filter(({ each }) => leftOut.has(each) && !ours.has(each)), []);
});
