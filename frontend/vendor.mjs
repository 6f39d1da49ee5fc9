// @ts-check
/**
 * Copies the third-party files that pages use from node_modules into vendor/, with their licences,
 * and writes vendor.lock.json (version, licence, sha384 of each file).
 *
 * `npm ci && node vendor.mjs` after a change of version; `node vendor.mjs --check` needs nothing
 * installed: it says whether vendor/ is what the lock file promises, and exits 1 if not.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { partOfCss } from "./part-of-css.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "vendor");
const lockFile = join(here, "vendor.lock.json");

/** qrcode-generator names its licence (MIT) but ships no text. */
const MIT = `MIT License

Copyright (c) 2009 Kazuhiko Arase

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

if (process.argv.includes("--check")) check();
else copy();

function copy() {
  rmSync(vendor, { recursive: true, force: true });
  const wanted = JSON.parse(readFileSync(join(here, "vendor.json"), "utf8"));
  /** @type {Record<string, {version: string, licence: string, files: Record<string, string>}>} */
  const lock = {};
  for (const [name, entry] of Object.entries(wanted)) {
    const source = join(here, "node_modules", name);
    const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
    /** @type {Record<string, Buffer | string>} */
    const files = { LICENSE: entry.licence ? readFileSync(join(source, entry.licence)) : MIT };
    for (const [from, to] of Object.entries(entry.files ?? {})) files[to] = withoutSourceMap(readFileSync(join(source, from)), to);
    for (const [from, part] of Object.entries(entry.parts ?? {})) Object.assign(files, partOf(readFileSync(join(source, from), "utf8"), part));
    for (const [to, icons] of Object.entries(entry.sprites ?? {})) files[to] = sprite(source, icons);
    lock[name] = { version: manifest.version, licence: manifest.license, files: {} };
    for (const [to, content] of Object.entries(files)) {
      const target = join(vendor, entry.to, to);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      lock[name].files[relative(here, target)] = sha384(content);
    }
  }
  writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`vendored ${Object.keys(lock).length} packages`);
}

function check() {
  const lock = JSON.parse(readFileSync(lockFile, "utf8"));
  /** @type {Record<string, string>} */
  const promised = Object.assign({}, ...Object.values(lock).map((entry) => entry.files));
  const faults = Object.entries(promised)
    .filter(([file, hash]) => !existsSync(join(here, file)) || sha384(readFileSync(join(here, file))) !== hash)
    .map(([file]) => `${file}: missing or changed`);
  for (const file of readdirSync(vendor, { recursive: true, withFileTypes: true })) {
    const path = relative(here, join(file.parentPath ?? file.path, file.name));
    if (file.isFile() && !(path in promised)) faults.push(`${path}: not in vendor.lock.json`);
  }
  for (const fault of faults) console.error(fault);
  if (faults.length) process.exit(1);
  console.log(`${Object.keys(promised).length} vendored files are as locked`);
}

/** @param {Buffer} content @param {string} name */
function withoutSourceMap(content, name) {
  if (!/\.(js|css|ts)$/.test(name)) return content;
  return content.toString("utf8").replace(/\n?\/\/# sourceMappingURL=.*$/m, "").replace(/\n?\/\*# sourceMappingURL=.*?\*\//, "").trimEnd() + "\n";
}

/** @param {string} css @param {{to: string, classes: string[]}} part classes: patterns of those that pages use */
function partOf(css, { to, classes }) {
  const own = readdirSync(join(here, "css")).map((name) => readFileSync(join(here, "css", name), "utf8"));
  const part = partOfCss(css, new RegExp(`^(?:${classes.join("|")})$`), own.join("\n"));
  return { [to]: withoutSourceMap(Buffer.from(part.css), to), "left-out.txt": `${part.leftOut.join("\n")}\n` };
}

/** @param {string} source @param {string[]} icons */
function sprite(source, icons) {
  const symbols = icons.map((icon) => {
    const svg = readFileSync(join(source, "icons", `${icon}.svg`), "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${icon}" viewBox="0 0 16 16">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

/** @param {Buffer | string} content */
function sha384(content) {
  return `sha384-${createHash("sha384").update(content).digest("base64")}`;
}
