// @ts-check
/**
 * A room as a grid of buttons: one tab stop, arrows move in space, every name says row, seat, category, price and
 * state. Colour is never alone: free seats have an edge and a number, held ones a hatch, sold ones a cross, yours a check.
 */
import { t } from "../core/i18n.js";
import { neighbour } from "../domain/seats.js";
import { money } from "./format.js";
import { html, nothing, repeat } from "./html.js";
import { icon } from "./icon.js";

const KEYS = /** @type {Record<string, Parameters<typeof neighbour>[2]>} */ ({
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Home: "rowStart", End: "rowEnd",
  "Ctrl+Home": "first", "Ctrl+End": "last", PageUp: "firstRow", PageDown: "lastRow",
});
const LOOKS = /** @type {Record<string, string>} */ ({
  STANDARD: "standard", PREMIUM: "premium", RECLINER: "premium recliner", LOVESEAT: "couple", ACCESSIBLE: "standard square", COMPANION: "standard square",
});
/** Below this a finger misses: a tap brings the seat nearer instead of choosing it. */
const FINGER_PX = 36;
const MOUSE_PX = 30;
/** The page at its widest, and what is left and right of the seats on it. */
const PAGE_PX = 1280;
const AROUND_PX = 180;

/**
 * @param {{choice: import("../pages/seat-choice.js").Choice, current: import("../../vendor/signals-core/signals-core.js").Signal<string>,
 *   zoom: import("../../vendor/signals-core/signals-core.js").Signal<"comfortable" | "fit">, label: string}} map
 */
export function seatMap({ choice, current, zoom, label }) {
  const { rows, seats } = choice;
  const columns = Math.max(...seats.map((seat) => seat.x)) + 1;
  const height = Math.max(...seats.map((seat) => seat.y)) + 1;
  const chosen = new Set(choice.chosen.value);
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const move = KEYS[`${event.ctrlKey && event.key.length > 1 && !event.key.startsWith("Arrow") ? "Ctrl+" : ""}${event.key}`];
    const next = move && neighbour(rows, current.value, move);
    if (!move) return;
    event.preventDefault();
    if (next) focusSeat(next, current);
  };
  // A screen reader may put the focus on any seat: arrows go on from there.
  const onFocus = (/** @type {FocusEvent} */ event) => {
    current.value = /** @type {HTMLElement} */ (event.target).id.replace(/^seat-/, "");
  };
  const grid = html`
    <div class="seat-grid" role="grid" aria-label=${label} aria-multiselectable="true" @keydown=${onKey} @focusin=${onFocus}>
      ${repeat(
        rows,
        (row) => row.row,
        (row) => html`
          <div class="seat-row" role="row" .style=${`--y:${row.y}`}>
            <span class="row-name" role="rowheader">${row.row}</span>
            ${repeat(row.seats, (seat) => seat.id, (seat) => place(seat, choice, chosen.has(seat.id), current, zoom))}
          </div>
        `,
      )}
    </div>
  `;
  return roomFloor({ id: "room", columns, rows: height, zoom: zoom.value, grid });
}

/**
 * The room around a grid of seats: the screen, and the floor on which places stand by --x and --y in seat widths.
 * @param {{id: string, columns: number, rows: number, zoom: "comfortable" | "fit", grid: unknown}} room
 */
export const roomFloor = ({ id, columns, rows, zoom, grid }) => html`
  <div class="room ${zoom}" dir="ltr" id=${id} tabindex="-1">
    <div class="room-floor" .style=${`--columns:${columns};--rows:${rows}`}>
      <div class="screen" aria-hidden="true">
        <svg viewBox="0 0 600 34" preserveAspectRatio="none"><path d="M0 34C120 6 480 6 600 34C480 -2 120 -2 0 34Z"></path></svg>
        <span>${t("seats.screen")}</span>
      </div>
      ${grid}
    </div>
  </div>
`;

/** Classes of a seat of a category. @param {string} category */
export const lookOf = (category) => LOOKS[category];

/** A mouse hits smaller seats than a finger: where the whole room fits so, it is shown whole. @param {import("../domain/seats.js").Seat[]} seats */
export function firstZoom(seats) {
  const columns = Math.max(...seats.map((seat) => seat.x)) + 1;
  const pitch = (Math.min(window.innerWidth, PAGE_PX) - AROUND_PX) / columns;
  return matchMedia("(pointer: fine)").matches && pitch >= MOUSE_PX ? "fit" : "comfortable";
}

/** @param {string} id @param {import("../../vendor/signals-core/signals-core.js").Signal<string>} current */
function focusSeat(id, current) {
  current.value = id;
  const button = document.getElementById(`seat-${id}`);
  button?.focus();
  button?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Brings the chosen seat, else the room's middle, into view inside the map. @param {string | undefined} seatId */
export function centre(seatId) {
  const room = document.getElementById("room");
  const seat = seatId && document.getElementById(`seat-${seatId}`);
  if (!room) return;
  const at = seat ? seat.getBoundingClientRect().left - room.getBoundingClientRect().left + room.scrollLeft : room.scrollWidth / 2;
  room.scrollLeft = at - room.clientWidth / 2;
}

/** Signs and prices of what the room has. @param {import("../pages/seat-choice.js").Choice} choice */
export function legend({ seats, prices }) {
  const categories = [...new Set(seats.map((seat) => seat.category))];
  return html`
    <ul class="legend">
      ${categories.map(
        (category) => html`<li><span class="seat sample ${LOOKS[category]}" aria-hidden="true">${glyph(category) ?? ""}</span>
          ${t(`category.${category}`)} <span class="muted figures">${priceText(prices.get(category))}</span></li>`,
      )}
      <li><span class="seat sample yours" aria-hidden="true">${icon("check-lg")}</span> ${t("seats.yours")}</li>
      <li><span class="seat sample held" aria-hidden="true">…</span> ${t("seats.held")}</li>
      <li><span class="seat sample sold" aria-hidden="true">×</span> ${t("seats.sold")}</li>
    </ul>
  `;
}

/**
 * @param {import("../domain/seats.js").Seat} seat @param {import("../pages/seat-choice.js").Choice} choice @param {boolean} yours
 * @param {import("../../vendor/signals-core/signals-core.js").Signal<string>} current
 * @param {import("../../vendor/signals-core/signals-core.js").Signal<"comfortable" | "fit">} zoom
 */
function place(seat, choice, yours, current, zoom) {
  const status = choice.statuses.value.get(seat.id) ?? "BLOCKED";
  const free = choice.isFree(seat.id);
  const look = yours ? "yours" : free ? "free" : status === "HELD" || status === "HELD_BY_ME" ? "held" : "sold";
  const press = (/** @type {PointerEvent} */ event) => {
    current.value = seat.id;
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    if (event.pointerType === "touch" && zoom.value === "fit" && button.offsetWidth < FINGER_PX) {
      zoom.value = "comfortable";
      requestAnimationFrame(() => button.scrollIntoView({ block: "nearest", inline: "center" }));
    } else choice.toggle(seat.id);
  };
  return html`
    <span role="gridcell" class="seat-place" .style=${`--x:${seat.x}`}>
      <button type="button" id="seat-${seat.id}" class="seat ${LOOKS[seat.category]} ${look}" tabindex=${current.value === seat.id ? 0 : -1}
        aria-pressed=${yours ? "true" : "false"} aria-disabled=${free ? nothing : "true"} aria-label=${nameOf(seat, choice, yours, status)}
        @click=${press}>${signOf(seat, look, choice.heldNotes.value.get(seat.id)?.sign)}</button>
    </span>
  `;
}

/** @param {import("../domain/seats.js").Seat} seat @param {string} look @param {string} [held] what stands on a held seat */
function signOf(seat, look, held = "…") {
  if (look === "yours") return icon("check-lg");
  if (look === "held") return held;
  if (look === "sold") return "×";
  return glyph(seat.category) ?? seat.number;
}

/** What stands on a seat of a category instead of its number. @param {string} category */
export function glyph(category) {
  if (category === "ACCESSIBLE") return icon("person-wheelchair");
  if (category === "COMPANION") return icon("people");
  return null;
}

/**
 * @param {import("../domain/seats.js").Seat} seat @param {import("../pages/seat-choice.js").Choice} choice @param {boolean} yours
 * @param {import("../domain/seats.js").SeatStatus} status
 */
function nameOf(seat, choice, yours, status) {
  const state = yours ? "YOURS" : status === "HELD_BY_ME" && choice.isFree(seat.id) ? "AVAILABLE" : status;
  const held = state === "HELD" && choice.heldNotes.value.get(seat.id)?.words;
  return t("seats.name", {
    row: seat.row, number: String(seat.number), category: t(`category.${seat.category}`), price: priceText(choice.priceOf(seat.id)), state: held || t(`seatStatus.${state}`),
  });
}

/** @param {import("../domain/money.js").Money | undefined} price */
const priceText = (price) => (price ? money(price) : "");
