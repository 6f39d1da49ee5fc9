// @ts-check
/** What a change changed, for people: one line for each part that differs. */

/**
 * @param {string | null} before @param {string | null} after JSON texts of objects; null: there was, or is, nothing
 * @returns {{part: string, before: string | null, after: string | null}[]} by name; a text that is no object is one line without a name
 */
export function changesOf(before, after) {
  const [was, is] = [objectOf(before), objectOf(after)];
  if (!was || !is) return [{ part: "", before, after }];
  const parts = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return parts
    .map((part) => ({ part, before: shown(was[part]), after: shown(is[part]) }))
    .filter((line) => line.before !== line.after);
}

/** @param {string | null} text @returns {Record<string, unknown> | null} */
function objectOf(text) {
  if (text === null) return {};
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** @param {unknown} value */
function shown(value) {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
