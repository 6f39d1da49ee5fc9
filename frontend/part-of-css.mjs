// @ts-check
/**
 * The part of a compiled stylesheet that pages use: rules of plain elements, rules of the classes that are wanted, and the
 * variables that these or our own stylesheets read. A browser is kept waiting for each kilobyte of it.
 */

/**
 * @param {string} css compiled, comments at its top only
 * @param {RegExp} wanted of a whole class name
 * @param {string} readers text of stylesheets that may read its variables
 * @returns {{css: string, leftOut: string[]}} leftOut: names of the classes that are gone
 */
export function partOfCss(css, wanted, readers) {
  const banner = /\/\*![^]*?\*\//.exec(css)?.[0] ?? "";
  const rules = rulesOf(css.replace(/^@charset[^;]*;/, "").replace(/\/\*[^]*?\*\//g, ""));
  const kept = rules.flatMap((rule) => keptOf(rule, wanted));
  const text = withoutUnreadVariables(withoutUnusedKeyframes(kept), readers);
  const before = classesOf(css);
  const after = classesOf(text);
  return { css: `${banner}\n${text}\n`, leftOut: [...before].filter((name) => !after.has(name)).sort() };
}

/** @typedef {{head: string, body: string}} Rule */

/** Top-level rules: selectors or an at-rule, and what is between its braces. @param {string} css @returns {Rule[]} */
export function rulesOf(css) {
  /** @type {Rule[]} */
  const found = [];
  let depth = 0;
  let start = 0;
  let open = 0;
  for (const { 0: mark, index } of css.matchAll(/"[^"]*"|[{}]/g)) {
    if (mark === "{" && depth++ === 0) open = index;
    if (mark === "}" && --depth === 0) {
      found.push({ head: css.slice(start, open).trim(), body: css.slice(open + 1, index) });
      start = index + 1;
    }
  }
  return found;
}

/** @param {Rule} rule @param {RegExp} wanted @returns {string[]} none or one */
function keptOf({ head, body }, wanted) {
  if (head.startsWith("@media") || head.startsWith("@supports")) {
    const inner = rulesOf(body).flatMap((rule) => keptOf(rule, wanted)).join("");
    return inner ? [`${head}{${inner}}`] : [];
  }
  if (head.startsWith("@")) return [`${head}{${body}}`];
  const selectors = head.split(/,(?![^(]*\))/).filter((selector) => [...classesOf(`${selector}{`)].every((name) => wanted.test(name)));
  return selectors.length ? [`${selectors.join(",")}{${body}}`] : [];
}

/** @param {string[]} rules */
function withoutUnusedKeyframes(rules) {
  const others = rules.filter((rule) => !rule.startsWith("@keyframes")).join("\n");
  return rules.filter((rule) => !rule.startsWith("@keyframes") || others.includes(/** @type {string} */ (/@keyframes ([\w-]+)/.exec(rule)?.[1]))).join("\n");
}

/** Variables read by variables that nobody reads go too, so it is done until nothing changes. @param {string} css @param {string} readers */
function withoutUnreadVariables(css, readers) {
  for (;;) {
    const read = new Set([...`${css}${readers}`.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]));
    const fewer = css
      .replace(/(?<=[{;])(--bs-[\w-]+):(?:"[^"]*"|\([^)]*\)|[^;}"(])*;?/g, (whole, name) => (read.has(name) ? whole : ""))
      .replace(/^[^{}\n]*\{\}\n?/gm, "");
    if (fewer === css) return css;
    css = fewer;
  }
}

/** Class names in the selectors of a stylesheet. @param {string} css */
function classesOf(css) {
  const selectors = css.replace(/"[^"]*"/g, "").matchAll(/[^{}]+(?=\{)/g);
  return new Set([...selectors].flatMap(([selector]) => [...selector.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map((match) => match[1])));
}
