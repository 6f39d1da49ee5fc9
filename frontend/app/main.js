// @ts-check
/** Boot: theme, words and session first, then the page that the address asks for. */
import { loadLocale } from "./core/i18n.js";
import { loading, shown, startRouter } from "./core/router.js";
import { resume } from "./core/session.js";
import { effect } from "./core/state.js";
import { startTheme } from "./core/theme.js";
import { routes } from "./routes.js";
import { failureView } from "./ui/failure.js";
import { render } from "./ui/html.js";
import { layout } from "./ui/layout.js";
import { watchUnread } from "./ui/unread.js";

startTheme();
// The first format of a visit takes a phone a tenth of a second: made while the words are on their way, not when all waits for it.
setTimeout(() => new Intl.DateTimeFormat(undefined, { timeZone: "UTC", hour: "2-digit" }).format(0));
await Promise.all([loadLocale(), resume()]);

const app = /** @type {HTMLElement} */ (document.getElementById("app"));
effect(() => {
  const page = shown.value;
  if (page) document.title = page.view.title === "Lobbycard" ? "Lobbycard" : `${page.view.title} · Lobbycard`;
});
let drawn = false;
effect(() => {
  const page = shown.value;
  if (!page) return;
  if (!drawn) app.replaceChildren();
  drawn = true;
  render(layout(page, loading.value === "bar"), app);
});
watchUnread();
await startRouter({ routes, failure: (error, retry) => failureView(error, () => resume().then(retry)) });
(await import("./core/worker.js")).startWorker();
