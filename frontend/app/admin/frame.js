// @ts-check
/** What the staff's pages share: the frame around them, and the cinema they look at. */
import { isUnanswered } from "../core/errors.js";
import { addWords, t } from "../core/i18n.js";
import { navigate, withQuery } from "../core/router.js";
import { atLeast, person, requireRole } from "../core/session.js";
import { lasting } from "../core/storage.js";
import { html, nothing } from "../ui/html.js";
import { emptyState } from "../ui/notice.js";
import { StaffCinemas } from "./operations/house.js";
import { rail } from "./rail.js";
import { allOf } from "./ui/connection.js";
import { leavingDialog } from "./ui/form.js";
import { palette, paletteButton } from "./ui/palette.js";

/** @typedef {{id: string, name: string, city: string, timeZone: string, currency: string}} Cinema */
/**
 * @typedef {{cinemas: Cinema[], cinema: Cinema | null, withAll: boolean}} Scope cinemas: those the person works for;
 * cinema: the chosen one, null for all of them (withAll) or where the person has none
 */

const STYLE = new URL("../../css/admin.css", import.meta.url).href;
/** Address value of "all my cinemas". */
export const ALL = "all";
/** @type {Promise<void> | null} */
let styled = null;
/** @type {Promise<Cinema[]> | null} */
let asked = null;

/** Words and stylesheet, before the first of the staff's pages is drawn. */
export async function prepare() {
  await Promise.all([addWords("staff"), (styled ??= addStyle())]);
}

/**
 * The cinemas a person works for, and the one of the address (else the last one, else the first).
 * @param {URLSearchParams} query @param {{all?: boolean}} [options] all: the page can look at all of them at once
 * @returns {Promise<Scope>}
 */
export async function staffScope(query, { all = false } = {}) {
  requireRole("STAFF");
  const cinemas = (await allCinemas()).filter((cinema) => atLeast("ADMIN") || person.value?.cinemaIds?.includes(cinema.id));
  const withAll = all && cinemas.length > 1;
  const wanted = query.get("cinema") ?? lasting.get("staffCinema");
  const cinema = withAll && wanted === ALL ? null : cinemas.find((each) => each.id === wanted) ?? cinemas[0] ?? null;
  return { cinemas, cinema, withAll };
}

/** Asked once a visit; those known before where nobody answers, so that sales and door go on. @returns {Promise<Cinema[]>} */
async function allCinemas() {
  asked ??= /** @type {Promise<Cinema[]>} */ (allOf(StaffCinemas, "cinemas"));
  asked.catch(forgetCinemas);
  try {
    const cinemas = await asked;
    lasting.set("cinemasKnown", cinemas);
    return cinemas;
  } catch (error) {
    const known = isUnanswered(error) && lasting.get("cinemasKnown");
    if (!known) throw error;
    return known;
  }
}

/** After one was added or renamed: they are asked anew. */
export const forgetCinemas = () => void (asked = null);

/**
 * A page in the staff's frame: what `load` of a page module answers.
 * @param {{
 *   path: string, title: string, content: () => unknown, scope?: Scope, lead?: () => unknown, actions?: () => unknown,
 *   back?: {href: string, label: string}, dispose?: () => void
 * }} page path: that of the item in the rail; scope: where the page shows one cinema, which brings the switcher and,
 * for somebody without a cinema, a word instead of the content; lead: a line below the title; actions: buttons beside it
 * @returns {import("../core/router.js").View}
 */
export function staffView({ path, title, content, scope, lead, actions, back, dispose }) {
  const homeless = scope && !scope.cinemas.length;
  return {
    title,
    dispose,
    frame: { bar: () => bar(scope), rail: () => rail(path) },
    template: () => html`
      <div class="page staff">
        <div class="staff-head">
          <div>
            ${back ? html`<p class="staff-back"><a href=${back.href}>${back.label}</a></p>` : nothing}
            <h1 class="small">${title}</h1>
            ${lead ? html`<div class="staff-lead">${lead()}</div>` : nothing}
          </div>
          ${actions && !homeless ? html`<div class="staff-actions">${actions()}</div>` : nothing}
        </div>
        ${homeless ? emptyState(t("staff.frame.noCinema"), t("staff.frame.noCinemaText")) : content()}
      </div>
    `,
  };
}

/** @param {Scope | undefined} scope */
const bar = (scope) => html`<div class="staff-bar">${scope?.cinemas.length ? switcher(scope) : nothing} ${paletteButton()}</div>${palette()} ${leavingDialog()}`;

/** To choose the cinema. @param {Scope} scope */
export const switcher = ({ cinemas, cinema, withAll }) => html`
  <label class="visually-hidden-text" for="staff-cinema">${t("staff.frame.cinema")}</label>
  <select class="form-select" id="staff-cinema" @change=${chooseCinema}>
    ${withAll ? html`<option value=${ALL} ?selected=${!cinema}>${t("staff.frame.allCinemas")}</option>` : nothing}
    ${cinemas.map(({ id, name, city }) => html`<option value=${id} ?selected=${id === cinema?.id}>${city} – ${name}</option>`)}
  </select>
`;

/** @param {Event} event */
async function chooseCinema(event) {
  const select = /** @type {HTMLSelectElement} */ (event.target);
  const { value } = select;
  const before = window.location.href;
  // What belongs to a showtime or an auditorium of one cinema means nothing in another.
  await navigate(withQuery({ cinema: value, showtime: null, auditorium: null }), { replace: true });
  if (window.location.href !== before) lasting.set("staffCinema", value);
  else for (const option of select.options) option.selected = option.defaultSelected;
}

/** A page without its stylesheet can still be used: one that never comes holds nobody up. @returns {Promise<void>} */
function addStyle() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE });
  const arrived = new Promise((resolve) => {
    link.addEventListener("load", () => resolve(undefined));
    link.addEventListener("error", () => resolve(undefined));
  });
  // Before the rules for paper, which have the last word.
  document.head.insertBefore(link, document.querySelector('link[media="print"]'));
  return /** @type {Promise<void>} */ (arrived);
}
