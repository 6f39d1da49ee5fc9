// @ts-check
/** The way around the staff's pages: a rail on the left, a dock at the bottom of phones with the rest behind "More". */
import { t } from "../core/i18n.js";
import { shown } from "../core/router.js";
import { atLeast } from "../core/session.js";
import { closeDialog, dialog, openDialog } from "../ui/dialog.js";
import { html, nothing } from "../ui/html.js";
import { staffRoutes } from "./routes.js";
import { icon } from "./ui/icon.js";

/** @typedef {{path: string, key: string, icon: string}} Item */

const MORE = "staff-more";
const ON_THE_DOCK = 4;
/** Planned pages stand here too: an item shows once its route exists and the person's role suffices. */
const GROUPS = /** @type {{key: string | null, items: Item[]}[]} */ ([
  { key: null, items: [{ path: "/admin", key: "staff.nav.today", icon: "speedometer2" }] },
  {
    key: "staff.nav.sell",
    items: [
      { path: "/admin/box-office", key: "staff.nav.boxOffice", icon: "shop" },
      { path: "/admin/check-in", key: "staff.nav.checkIn", icon: "qr-code" },
    ],
  },
  {
    key: "staff.nav.programme",
    items: [
      { path: "/admin/showtimes", key: "staff.nav.showtimes", icon: "calendar-week" },
      { path: "/admin/movies", key: "staff.nav.movies", icon: "film" },
      { path: "/admin/cinemas", key: "staff.nav.cinemas", icon: "building" },
    ],
  },
  {
    key: "staff.nav.guests",
    items: [
      { path: "/admin/bookings", key: "staff.nav.bookings", icon: "ticket-perforated" },
      { path: "/admin/coupons", key: "staff.nav.coupons", icon: "tags" },
      { path: "/admin/users", key: "staff.nav.users", icon: "people" },
    ],
  },
  {
    key: "staff.nav.money",
    items: [
      { path: "/admin/payments", key: "staff.nav.payments", icon: "credit-card" },
      { path: "/admin/exports", key: "staff.nav.exports", icon: "download" },
    ],
  },
  {
    key: "staff.nav.house",
    items: [
      { path: "/admin/notifications", key: "staff.nav.notifications", icon: "envelope" },
      { path: "/admin/audit", key: "staff.nav.audit", icon: "journal-text" },
      { path: "/admin/system", key: "staff.nav.system", icon: "activity" },
    ],
  },
]);
const FIRST_ON_THE_DOCK = ["/admin", "/admin/box-office", "/admin/check-in", "/admin/bookings", "/admin/showtimes"];

/** @param {string} path @returns {boolean} whether there is such a page for the role of this person */
export const mayOpen = (path) => staffRoutes.some((route) => route.path === path && atLeast(route.role));

/** The groups with what this person may open. */
export const ownGroups = () =>
  GROUPS.map(({ key, items }) => ({ key, items: items.filter(({ path }) => mayOpen(path)) })).filter(({ items }) => items.length);

/** An address of the staff's pages that keeps the cinema of the present one. @param {string} path */
export function withCinema(path) {
  const cinema = new URLSearchParams(window.location.search).get("cinema");
  if (!cinema) return path;
  const url = new URL(path, window.location.origin);
  url.searchParams.set("cinema", cinema);
  return url.pathname + url.search;
}

/** @param {string} current path of the item to mark */
export const rail = (current) => html`
  <nav class="rail no-print" aria-label=${t("staff.frame.navigation")}>${groups(current, "rail")}</nav>
  <nav class="dock no-print" aria-label=${t("staff.frame.dock")}>${dock(current)}</nav>
  ${dialog({ id: MORE, heading: t("staff.frame.allPages"), content: html`<div class="more" @click=${closeOnLink}>
    ${groups(current, "more")}
    <div class="actions"><button class="btn btn-quiet" type="button" @click=${() => closeDialog(MORE)}>${t("action.close")}</button></div>
  </div>` })}
`;

/** @param {string} current @param {string} id */
const groups = (current, id) =>
  ownGroups().map(({ key, items }, index) => html`
    ${key ? html`<p class="rail-group" id="${id}-${index}">${t(key)}</p>` : nothing}
    <ul aria-labelledby=${key ? `${id}-${index}` : nothing}>${items.map((item) => html`<li>${link(item, current)}</li>`)}</ul>
  `);

/** @param {string} current */
function dock(current) {
  const items = ownGroups().flatMap((group) => group.items);
  const first = FIRST_ON_THE_DOCK.flatMap((path) => items.filter((item) => item.path === path)).slice(0, ON_THE_DOCK);
  return html`<ul>
    ${first.map((item) => html`<li>${link(item, current)}</li>`)}
    ${items.length > first.length
      ? html`<li><button type="button" aria-haspopup="dialog" @click=${() => openDialog(MORE)}>${icon("three-dots")}<span>${t("staff.frame.more")}</span></button></li>`
      : nothing}
  </ul>`;
}

/** @param {Item} item @param {string} current */
const link = ({ path, key, icon: name }, current) =>
  html`<a href=${withCinema(path)} aria-current=${path === current ? (shown.value?.path === path ? "page" : "true") : nothing}>${icon(name)}<span>${t(key)}</span></a>`;

/** @param {Event} event */
function closeOnLink(event) {
  if (/** @type {Element} */ (event.target).closest("a")) closeDialog(MORE);
}
