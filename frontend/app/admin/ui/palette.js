// @ts-check
/** Ctrl K: type where to go, or the code of a booking. A combobox over a list, in a dialog. */
import { failureText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { navigate, shown } from "../../core/router.js";
import { state } from "../../core/state.js";
import { showtimeText } from "../../domain/times.js";
import { closeDialog, openDialog } from "../../ui/dialog.js";
import { seatList } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { PaletteBookings } from "../operations/bookings.js";
import { ownGroups, withCinema } from "../rail.js";
import { icon } from "./icon.js";

/** @typedef {{href: string, label: string, note: string, icon: string}} Option */

const ID = "palette";
/** Shorter texts are no code of a booking and no address. */
const CODE_FROM = 4;
const PAUSE_MS = 250;

const typed = state("");
const found = state(/** @type {Option[]} */ ([]));
const looking = state(false);
const fault = state(/** @type {string | null} */ (null));
const at = state(0);
/** Enter was pressed before the answer came. */
let hurried = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
/** @type {AbortController | null} */
let search = null;

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || !shown.value?.view.frame) return;
  event.preventDefault();
  open();
});

export const paletteButton = () => html`
  <button class="palette-button" type="button" aria-haspopup="dialog" aria-keyshortcuts="Control+K" aria-label=${t("staff.palette.open")} @click=${open}>
    ${icon("search")}<span class="wide-only">${t("staff.palette.button")}</span><kbd class="wide-only" aria-hidden="true">${t("staff.key.Ctrl")} K</kbd>
  </button>
`;

/** Stands once in the frame. */
export function palette() {
  const options = optionsNow();
  const chosen = Math.min(at.value, options.length - 1);
  return html`
    <dialog class="sheet palette" id=${ID} aria-label=${t("staff.palette.open")} @close=${forget}>
      <form @submit=${(/** @type {Event} */ event) => go(event, options[chosen])}>
        <label class="visually-hidden-text" for="palette-input">${t("staff.palette.label")}</label>
        <div class="search-box">${icon("search")}
          <input class="form-control" id="palette-input" type="text" role="combobox" autocomplete="off" spellcheck="false" placeholder=${t("staff.palette.label")}
            aria-expanded=${options.length ? "true" : "false"} aria-controls="palette-list" aria-autocomplete="list" aria-activedescendant=${options.length ? `palette-${chosen}` : nothing}
            .value=${typed.value} @input=${type} @keydown=${(/** @type {KeyboardEvent} */ event) => move(event, options.length)} />
        </div>
      </form>
      <ul class="palette-list" id="palette-list" role="listbox" aria-label=${t("staff.palette.results")}>
        ${options.map((option, index) => html`<li id="palette-${index}" role="option" aria-selected=${index === chosen ? "true" : "false"} @click=${(/** @type {Event} */ event) => go(event, option)}>
          ${icon(option.icon)}<span>${option.label}</span><span class="muted small-text">${option.note}</span>
        </li>`)}
      </ul>
      <p class="muted small-text mb-0" role="status">${wordOf(options.length)}</p>
    </dialog>
  `;
}

/** @param {number} count */
function wordOf(count) {
  if (fault.value) return fault.value;
  if (looking.value) return t("staff.palette.looking");
  return t("staff.palette.count", { count });
}

/** Pages whose name has the typed words, then bookings. @returns {Option[]} */
function optionsNow() {
  const words = plain(typed.value).split(/\s+/).filter(Boolean);
  const pages = ownGroups().flatMap(({ key, items }) =>
    items.map((item) => ({ href: withCinema(item.path), label: t(item.key), note: key ? t(key) : "", icon: item.icon })),
  );
  return [...pages.filter(({ label, note }) => words.every((word) => plain(`${label} ${note}`).includes(word))), ...found.value];
}

/** Without case and accents. @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

function open() {
  if (!openDialog(ID)) return;
  document.getElementById("palette-input")?.focus();
}

function forget() {
  clearTimeout(pause);
  search?.abort();
  typed.value = "";
  found.value = [];
  looking.value = false;
  fault.value = null;
  at.value = 0;
  hurried = false;
}

/** @param {Event} event */
function type(event) {
  hurried = false;
  typed.value = /** @type {HTMLInputElement} */ (event.target).value;
  at.value = 0;
  clearTimeout(pause);
  search?.abort();
  found.value = [];
  fault.value = null;
  const code = typed.value.trim();
  looking.value = code.length >= CODE_FROM;
  if (looking.value) pause = setTimeout(() => look(code), PAUSE_MS);
}

/** @param {string} code */
async function look(code) {
  const own = new AbortController();
  search = own;
  try {
    const { bookings } = await gql(PaletteBookings, { search: code }, { signal: own.signal });
    if (own.signal.aborted) return;
    found.value = bookings.nodes.map((/** @type {any} */ booking) => ({
      href: `/admin/bookings/${booking.id}`,
      label: booking.reference,
      note: [booking.showtime.movieTitle, showtimeText(booking.showtime.startsAt, booking.showtime.timeZone, formatLocale()), seatList(booking.tickets)].join(" · "),
      icon: "ticket-perforated",
    }));
    if (hurried && found.value.length) follow(found.value[0]);
  } catch (error) {
    if (!own.signal.aborted) fault.value = failureText(error);
  } finally {
    if (!own.signal.aborted) looking.value = false;
  }
}

/** @param {KeyboardEvent} event @param {number} count */
function move(event, count) {
  const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
  if (!(event.key in steps) || !count) return;
  event.preventDefault();
  at.value = (Math.min(at.value, count - 1) + steps[event.key] + count) % count;
  requestAnimationFrame(() => document.getElementById(`palette-${at.value}`)?.scrollIntoView({ block: "nearest" }));
}

/** @param {Event} event @param {Option | undefined} option */
function go(event, option) {
  event.preventDefault();
  if (option) follow(option);
  else hurried = looking.value;
}

/** @param {Option} option */
function follow({ href }) {
  closeDialog(ID);
  navigate(href);
}
