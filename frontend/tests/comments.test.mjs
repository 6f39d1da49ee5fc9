import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const app = new URL("../app/", import.meta.url);
/** As gateway/assets.py takes them out. */
const COMMENT_LINES = /^[ \t]*(?:\/\/[^\n]*|\/\*\*(?:(?!\*\/)[^])*\*\/)[ \t]*\n/gm;
/** What is no template in code: comments, strings, regular expressions. */
const OTHER = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=[(=,:!&|?{};>]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+\/\w*/y;

/** Texts of all template literals of a script, those inside one another too. */
function templateTexts(source) {
  const texts = [];
  /** Depth of braces of each `${` that is open, and null for an open text. */
  const open = [];
  for (let at = 0; at < source.length; at += 1) {
    if (open.at(-1) === null) {
      if (source[at] === "\\") at += 1;
      else if (source[at] === "`") open.pop();
      else if (source.startsWith("${", at)) open.push(0), (at += 1);
      else texts.push(source[at]);
      continue;
    }
    OTHER.lastIndex = at;
    const other = OTHER.exec(source);
    if (other) at += other[0].length - 1;
    else if (source[at] === "`") open.push(null);
    else if (source[at] === "{" && open.length) open[open.length - 1] += 1;
    else if (source[at] === "}" && open.length && (open[open.length - 1] -= 1) < 0) open.pop();
  }
  assert.deepEqual(open, [], "a template that never ends: the reader of this test got lost");
  return texts.join("");
}

test("what the gateway takes out of scripts as comments is in no text of a page", () => {
  const changed = readdirSync(app, { recursive: true }).filter((name) => {
    if (!name.endsWith(".js")) return false;
    const source = readFileSync(new URL(name, app), "utf8");
    return templateTexts(source) !== templateTexts(source.replace(COMMENT_LINES, ""));
  });

  assert.deepEqual(changed, []);
});

test("scripts without their comment lines are still scripts", () => {
  const scripts = readdirSync(app, { recursive: true }).filter((name) => name.endsWith(".js"));
  const broken = scripts.filter((name) => {
    const input = readFileSync(new URL(name, app), "utf8").replace(COMMENT_LINES, "");
    return spawnSync(process.execPath, ["--input-type=module", "--check", "-"], { input }).status !== 0;
  });

  assert.ok(scripts.length > 40);
  assert.deepEqual(broken, []);
});

test("a line of a text that looks like a comment would be found", () => {
  const source = "const a = html`<p>\n  // not a comment ${b(`x`)}\n</p>`;\n";

  assert.notEqual(templateTexts(source), templateTexts(source.replace(COMMENT_LINES, "")));
});
