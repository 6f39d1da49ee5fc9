/**
 * Bundles GraphiQL with its explorer, three editor workers and our panels into frontend/vendor-graphiql, with the
 * licences of everything inside and vendor.lock.json (sha384 of each file). Two builds are equal byte for byte.
 *
 * `npm ci && npm run build` after a change of version or of src/; `npm run check` says whether the folder is what
 * the lock file promises, needs nothing installed, and exits 1 if not.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "..", "frontend", "vendor-graphiql");
const lockFile = join(out, "vendor.lock.json");
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify,
merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished
to do so, subject to the following conditions: The above copyright notice and this permission notice shall be included in all copies
or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
const shared = { bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", metafile: true, logLevel: "warning" };

if (process.argv.includes("--check")) check();
else await build();

async function build() {
  const { build: bundle } = await import("esbuild");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const page = await bundle({
    ...shared,
    entryPoints: [join(here, "src", "main.jsx")],
    outdir: out,
    splitting: true,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".ttf": "file", ".woff2": "file" },
    entryNames: "[name]",
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "fonts/[name]-[hash]",
    absWorkingDir: here,
  });
  const workers = await bundle({
    ...shared,
    entryPoints: {
      "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
      "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
      "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    },
    outdir: out,
    absWorkingDir: here,
  });
  cpSync(join(here, "src", "index.html"), join(out, "index.html"));
  const packages = licences([page.metafile, workers.metafile]);
  writeFileSync(lockFile, `${JSON.stringify({ packages, files: digests() }, null, 2)}\n`);
  console.log(`built ${Object.keys(digests()).length} files from ${Object.keys(packages).length} packages`);
}

/** Version and licence of every package that went in; the texts go beside the files. */
function licences(metafiles) {
  const folders = new Set();
  for (const { inputs } of metafiles) {
    for (const path of Object.keys(inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
      if (found) folders.add(found[1]);
    }
  }
  const packages = {};
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license, author } = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
    packages[name] = { version, licence: license };
    const file = readdirSync(join(here, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(here, folder, file), "utf8").trim() : textOf(license, author);
    texts.push(`${name} ${version} (${license})\n${"-".repeat(60)}\n${text}\n`);
  }
  writeFileSync(join(out, "LICENSES.txt"), texts.join("\n\n"));
  return packages;
}

/** For packages that name the MIT licence and ship no text. */
function textOf(license, author) {
  if (license !== "MIT") throw new Error(`no licence text for ${license}`);
  const holder = typeof author === "string" ? author : (author?.name ?? "the authors");
  return `Copyright (c) ${holder}\n\n${MIT}`;
}

function digests() {
  return Object.fromEntries(
    readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== "vendor.lock.json")
      .map((entry) => relative(out, join(entry.parentPath ?? entry.path, entry.name)))
      .sort()
      .map((name) => [name, createHash("sha384").update(readFileSync(join(out, name))).digest("base64")]),
  );
}

function check() {
  if (!existsSync(lockFile)) throw new Error("frontend/vendor-graphiql is not built");
  const promised = JSON.parse(readFileSync(lockFile, "utf8")).files;
  const found = digests();
  const wrong = [...new Set([...Object.keys(promised), ...Object.keys(found)])].filter((name) => promised[name] !== found[name]);
  for (const name of wrong) console.error(`${name} is not what vendor.lock.json promises`);
  process.exit(wrong.length ? 1 : 0);
}
