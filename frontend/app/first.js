// @ts-check
// Runs before the first paint, so that a dark room is never lit up by a white flash, and asks for the words while the
// modules are still on their way. No module: those come too late.
(() => {
  /** @param {string} name */
  const keptAs = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`lobbycard.${name}`) ?? "null");
    } catch {
      return null; // Storage switched off: the system's choice.
    }
  };
  const kept = keptAs("theme");
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#14101A" : "#FBF8F4");

  // As chooseLocale of core/i18n.js; were it another language there, that one would be fetched then.
  const spoken = ["en", "de", "fr"];
  const tag = [keptAs("locale"), ...navigator.languages.map((each) => each.slice(0, 2).toLowerCase())].find((each) => spoken.includes(each)) ?? "en";
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  // The parts that app/routes.js names for this address.
  const [, place] = window.location.pathname.split("/");
  const waitsFor = { "": "home", films: "film", showtimes: "room" }[place];
  if (waitsFor) document.documentElement.dataset.waitsFor = waitsFor;
  const parts = place === "" || place === "films" ? [] : place === "showtimes" ? ["seats"] : ["seats", "account"];
  for (const name of [tag, ...parts.map((part) => `${part}.${tag}`)]) {
    const words = document.createElement("link");
    Object.assign(words, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: new URL(`i18n/${name}.json`, own.src).href });
    document.head.append(words);
  }
})();
