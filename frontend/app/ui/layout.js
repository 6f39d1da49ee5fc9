// @ts-check
/** The frame around every page: top bar, hold banner, main, footer. */
import { hold } from "../core/hold.js";
import { LOCALES, loadLocale, locale, t } from "../core/i18n.js";
import { navigate, reload } from "../core/router.js";
import { atLeast, person, signOut } from "../core/session.js";
import { setTheme, theme, THEMES } from "../core/theme.js";
import { html, nothing } from "./html.js";
import { icon } from "./icon.js";
import { announcer, toasts } from "./toast.js";
import { unread } from "./unread.js";

const MARK = new URL("../../img/mark.svg", import.meta.url).pathname;

/** @param {import("../core/router.js").Shown} page @param {boolean} slow */
export const layout = (page, slow) => html`
  <a class="skip-link" href="#main" @click=${skip}>${t("layout.skip")}</a>
  ${slow ? html`<div class="progress-bar-top" role="progressbar" aria-label=${t("layout.loading")}></div>` : nothing}
  ${page.view.frame?.bare ? nothing : html`${topBar(page.path, page.view.frame)} ${holdBanner(page.path)} ${page.view.frame?.rail() ?? nothing}`}
  <main id="main" tabindex="-1">${page.view.template()}</main>
  ${page.view.frame?.bare ? nothing : footer(Boolean(page.view.frame))} ${toasts()} ${announcer()}
`;

/** @param {string} path @param {import("../core/router.js").Frame} [frame] */
const topBar = (path, frame) => html`
  <header class="top-bar no-print">
    <div class="top-bar-inner">
      <a class="wordmark" href="/"><img src=${MARK} alt="" width="26" height="26" /><span>Lobbycard</span></a>
      ${frame ? frame.bar() : mainNavigation(path)}
      ${person.value ? bell(path) : html`<a class="top-link" href=${signInHref(path)}>${t("nav.signIn")}</a>`} ${menu()}
    </div>
  </header>
`;

/** @param {string} path */
const mainNavigation = (path) => html`
  <nav class="wide-only" aria-label=${t("layout.mainNavigation")}>
    ${topLink("/", t("nav.home"), path)} ${topLink("/cinemas", t("nav.cinemas"), path)}
    ${person.value ? topLink("/bookings", t("nav.bookings"), path) : nothing}
    ${atLeast("STAFF") ? topLink("/admin", t("nav.admin"), path) : nothing}
  </nav>
`;

/** @param {string} href @param {string} label @param {string} path */
const topLink = (href, label, path) => {
  const here = href === "/" ? path === "/" : path.startsWith(href);
  return html`<a class="top-link" href=${href} aria-current=${here ? "page" : nothing}>${label}</a>`;
};

/** @param {string} path */
const bell = (path) => html`
  <a class="round" href="/notifications" aria-current=${path === "/notifications" ? "page" : nothing}
    aria-label=${unread.value ? t("nav.notificationsUnread", { count: unread.value }) : t("nav.notifications")}>
    ${icon(unread.value ? "bell-fill" : "bell")}
    ${unread.value ? html`<span class="badge-count" aria-hidden="true">${unread.value > 99 ? "99+" : unread.value}</span>` : nothing}
  </a>
`;

const menu = () => html`
  <details class="menu" @toggle=${watchMenu} @click=${closeOnChoice}>
    <summary class="round" aria-label=${t("layout.menu")}>${icon(person.value ? "person" : "list")}</summary>
    <div class="menu-list">
      ${person.value
        ? html`<div class="who"><strong>${person.value.name}</strong><div class="muted small-text">${person.value.email}</div></div>`
        : nothing}
      <a class="narrow-only" href="/">${icon("film")} ${t("nav.home")}</a>
      <a class="narrow-only" href="/cinemas">${icon("geo-alt")} ${t("nav.cinemas")}</a>
      ${person.value
        ? html`<a href="/bookings">${icon("ticket-perforated")} ${t("nav.bookings")}</a>
            <a href="/offers">${icon("star-fill")} ${t("nav.offers")}</a>
            <a href="/profile">${icon("person")} ${t("nav.profile")}</a>`
        : html`<a href="/sign-in">${icon("person")} ${t("nav.signIn")}</a> <a href="/register">${icon("check-lg")} ${t("nav.register")}</a>`}
      ${atLeast("STAFF") ? html`<a href="/admin">${icon("bar-chart")} ${t("nav.admin")}</a>` : nothing}
      <hr />
      ${THEMES.map(
        (choice) => html`<button type="button" aria-pressed=${theme.value === choice ? "true" : "false"} @click=${() => setTheme(choice)}>
          ${icon({ system: "circle-half", light: "sun", dark: "moon-stars" }[choice])} ${t(`theme.${choice}`)}
          ${theme.value === choice ? html`<span class="ms-auto">${icon("check-lg")}</span>` : nothing}
        </button>`,
      )}
      ${person.value ? html`<hr /><button type="button" @click=${leave}>${icon("box-arrow-right")} ${t("nav.signOut")}</button>` : nothing}
    </div>
  </details>
`;

/** @param {string} path */
function holdBanner(path) {
  const held = hold.value;
  if (!held || path.startsWith(`/bookings/${held.bookingId}`) || path === `/showtimes/${held.showtimeId}`) return nothing;
  return html`<aside class="hold-banner no-print" aria-label=${t("hold.label")}>
    ${t("hold.banner", { title: held.title })} <a href="/bookings/${held.bookingId}/pay">${t("hold.resume")}</a>
  </aside>`;
}

/** @param {boolean} plain without the words for guests */
const footer = (plain) => html`
  <footer class="site-footer no-print">
    <div class="site-footer-inner">
      ${plain ? nothing : html`<div><strong>Lobbycard</strong><p class="mb-0">${t("footer.claim")}</p></div>`}
      <nav aria-label=${t("layout.footerNavigation")}>
        <ul>
          <li><a href="/">${t("nav.home")}</a></li>
          <li><a href="/cinemas">${t("nav.cinemas")}</a></li>
          <li><a href="/graphiql" data-external>${t("footer.api")}</a></li>
        </ul>
      </nav>
      <div>
        <label class="me-2" for="footer-locale">${icon("globe2")} ${t("footer.language")}</label>
        <select class="form-select d-inline-block w-auto" id="footer-locale" @change=${changeLocale}>
          ${Object.entries(LOCALES).map(([tag, name]) => html`<option value=${tag} lang=${tag} ?selected=${tag === locale.value}>${name}</option>`)}
        </select>
      </div>
    </div>
  </footer>
`;

/** @param {string} path */
export const signInHref = (path) =>
  path === "/" || path.startsWith("/sign-in") || path.startsWith("/register") ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path + window.location.search)}`;

/** @param {Event} event */
async function changeLocale(event) {
  await loadLocale(/** @type {HTMLSelectElement} */ (event.target).value);
  await reload();
}

async function leave() {
  await signOut();
  await navigate("/");
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** @param {Event} event */
function closeOnChoice(event) {
  const chosen = /** @type {Element} */ (event.target).closest(".menu-list a, .menu-list button");
  if (chosen) /** @type {HTMLDetailsElement} */ (event.currentTarget).open = false;
}

/** An open menu closes by Escape and by a click elsewhere. @param {Event} event */
function watchMenu(event) {
  const details = /** @type {HTMLDetailsElement} */ (event.currentTarget);
  if (!details.open) return;
  const elsewhere = new AbortController();
  const close = (/** @type {boolean} */ refocus) => {
    details.open = false;
    elsewhere.abort();
    if (refocus) details.querySelector("summary")?.focus();
  };
  document.addEventListener("keydown", (key) => key.key === "Escape" && close(true), elsewhere);
  document.addEventListener("pointerdown", (press) => details.contains(/** @type {Node} */ (press.target)) || close(false), elsewhere);
}
