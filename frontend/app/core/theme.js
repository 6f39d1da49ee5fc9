// @ts-check
import { effect, state } from "./state.js";
import { lasting } from "./storage.js";

/** @typedef {"system" | "light" | "dark"} Theme */
export const THEMES = /** @type {Theme[]} */ (["system", "light", "dark"]);
export const theme = state(/** @type {Theme} */ (THEMES.includes(lasting.get("theme")) ? lasting.get("theme") : "system"));
const night = matchMedia("(prefers-color-scheme: dark)");

/** @param {Theme} value */
export function setTheme(value) {
  lasting.set("theme", value === "system" ? null : value);
  theme.value = value;
}

/** Keeps the document in the chosen theme, and in the system's while that is the choice. */
export function startTheme() {
  const apply = () => {
    const dark = theme.value === "dark" || (theme.value === "system" && night.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#14101A" : "#FBF8F4");
  };
  night.addEventListener("change", apply);
  effect(apply);
}
