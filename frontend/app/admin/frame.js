// @ts-check
/** What the staff's pages share: navigation by role, and the cinema they look at. */
import { t } from "../core/i18n.js";
import { gql } from "../core/gql.js";
import { navigate, withQuery } from "../core/router.js";
import { atLeast, person, requireRole } from "../core/session.js";
import { lasting } from "../core/storage.js";
import { html, nothing } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { StaffCinemas } from "./operations.js";

/** @typedef {{id: string, name: string, city: string, timeZone: string, currency: string}} Cinema */

const PAGES = /** @type {{path: string, key: string, icon: string, role: "STAFF" | "MANAGER"}[]} */ ([
  { path: "/admin", key: "staff.today", icon: "bar-chart", role: "STAFF" },
  { path: "/admin/showtimes", key: "staff.showtimes", icon: "calendar-week", role: "STAFF" },
  { path: "/admin/bookings", key: "staff.bookings", icon: "ticket-perforated", role: "STAFF" },
  { path: "/admin/check-in", key: "staff.checkIn", icon: "qr-code", role: "STAFF" },
  { path: "/admin/showtimes/new", key: "staff.schedule", icon: "calendar-plus", role: "MANAGER" },
]);

/**
 * The cinemas a person works for, and the one of the address (else the last one, else the first).
 * @param {URLSearchParams} query @param {AbortSignal} signal @param {"STAFF" | "MANAGER"} [role]
 * @returns {Promise<{cinemas: Cinema[], cinema: Cinema | null}>}
 */
export async function staffScope(query, signal, role = "STAFF") {
  requireRole(role);
  const { cinemas } = await gql(StaffCinemas, {}, { signal });
  const own = cinemas.nodes.filter((/** @type {Cinema} */ cinema) => atLeast("ADMIN") || person.value?.cinemaIds?.includes(cinema.id));
  const wanted = query.get("cinema") ?? lasting.get("staffCinema");
  return { cinemas: own, cinema: own.find((/** @type {Cinema} */ cinema) => cinema.id === wanted) ?? own[0] ?? null };
}

/**
 * @param {{path: string, title: string, scope?: {cinemas: Cinema[], cinema: Cinema | null}, content: unknown}} page
 */
export const staffPage = ({ path, title, scope, content }) => html`
  <div class="page staff">
    <nav class="staff-nav" aria-label=${t("staff.navigation")}>
      ${PAGES.filter((page) => atLeast(page.role)).map(
        (page) => html`<a href=${page.path} aria-current=${page.path === path ? "page" : nothing}>${icon(page.icon)} ${t(page.key)}</a>`,
      )}
    </nav>
    <div>
      <div class="staff-head">
        <h1 class="small">${title}</h1>
        ${scope?.cinema
          ? html`<div>
              <label class="visually-hidden-text" for="staff-cinema">${t("home.cinema")}</label>
              <select class="form-select" id="staff-cinema" @change=${chooseCinema}>
                ${scope.cinemas.map(({ id, name, city }) => html`<option value=${id} ?selected=${id === scope.cinema?.id}>${city} – ${name}</option>`)}
              </select>
            </div>`
          : nothing}
      </div>
      ${content}
    </div>
  </div>
`;

/** @param {Event} event */
function chooseCinema(event) {
  const { value } = /** @type {HTMLSelectElement} */ (event.target);
  lasting.set("staffCinema", value);
  navigate(withQuery({ cinema: value }), { replace: true });
}
