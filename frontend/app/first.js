// @ts-check
// Runs before the first paint, so that a dark room is never lit up by a white flash. No module: those come too late.
(() => {
  /** @type {string | null} */
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem("lobbycard.theme") ?? "null");
  } catch {
    // Storage switched off: the system's choice.
  }
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#14101A" : "#FBF8F4");
})();
