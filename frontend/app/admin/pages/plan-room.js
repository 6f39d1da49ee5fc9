// @ts-check
/**
 * The room as it is drawn: the guests' floor with the same places, gaps shown as dots. One tab stop; arrows move,
 * Shift extends the box, a letter paints it. Everything here can be done with the buttons beside it too.
 */
import { t } from "../../core/i18n.js";
import { html, nothing } from "../../ui/html.js";
import { glyph, legend, lookOf, roomFloor, seatMap } from "../../ui/seat-map.js";
import { rowsOf } from "../../domain/seats.js";
import { CATEGORIES, closedUp, GAP, isInside, moved, numbersOf, painted, seatsOf, widthOf, withAisle, withCopies, withCrossAisle, withoutRows } from "../domain/seating-plan.js";
import { focusCell, nameOfCell, ROOM } from "./plan-editor.js";

/** @typedef {import("./plan-editor.js").Editor} Editor */

const MOVES = /** @type {Record<string, import("../domain/seating-plan.js").Move>} */ ({
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Home: "rowStart", End: "rowEnd", PageUp: "firstRow", PageDown: "lastRow",
  "Ctrl+Home": "first", "Ctrl+End": "last",
});

/** What a tool does to the chosen box, and its key; the buttons and the list of keys are made from it. */
export const TOOLS = /** @type {{name: string, keys: string[], change: (plan: import("../domain/seating-plan.js").Plan, box: import("../domain/seating-plan.js").Box) => import("../domain/seating-plan.js").Plan}[]} */ ([
  ...Object.entries(CATEGORIES).map(([letter, category]) => ({ name: category, keys: [letter], change: (/** @type {any} */ plan, /** @type {any} */ box) => painted(plan, box, letter) })),
  { name: "remove", keys: ["Delete", "Backspace", GAP], change: (plan, box) => painted(plan, box, GAP) },
  { name: "aisle", keys: ["I", "Insert"], change: withAisle },
  { name: "closeUp", keys: ["X"], change: closedUp },
  { name: "crossAisle", keys: ["W"], change: withCrossAisle },
  { name: "copyRow", keys: ["D"], change: withCopies },
  { name: "removeRow", keys: ["Shift+Delete"], change: withoutRows },
]);

/** @param {Editor} editor @param {string} name */
export function use(editor, name) {
  const tool = TOOLS.find((each) => each.name === name);
  const isPaint = Object.values(CATEGORIES).includes(name);
  if (tool) editor.draw(tool.change, isPaint ? t("staff.plan.painted", { category: t(`category.${name}`) }) : t(`staff.planDone.${name}`));
}

/** @param {Editor} editor @param {string} label */
export function planRoom(editor, label) {
  const plan = editor.plan.value;
  const { columns, rows } = editor.size.value;
  const grid = html`
    <div class="seat-grid plan-grid" role="grid" aria-label=${label} aria-multiselectable="true" aria-describedby="plan-keys"
      @keydown=${(/** @type {KeyboardEvent} */ event) => onKey(event, editor)} @focusin=${(/** @type {FocusEvent} */ event) => onFocus(event, editor)}
      @pointerdown=${(/** @type {PointerEvent} */ event) => onPress(event, editor)} @pointermove=${(/** @type {PointerEvent} */ event) => onDrag(event, editor)}
      @click=${(/** @type {PointerEvent} */ event) => event.pointerType === "touch" && press(event, editor)}>
      ${plan.map((row, y) => rowView(editor, row, y, columns))}
    </div>
  `;
  return roomFloor({ id: ROOM, columns, rows, zoom: editor.zoom.value, grid });
}

/** The room with the guests' own map, to look at. @param {Editor} editor @param {string} label */
export function guestsRoom(editor, label) {
  const seats = seatsOf(editor.plan.value);
  // The seat of the tab stop, which the drawing may have taken away meanwhile.
  const current = /** @type {any} */ ({
    get value() { return seats.some(({ id }) => id === editor.seen.value) ? editor.seen.value : seats[0].id; },
    set value(id) { editor.seen.value = id; },
  });
  const choice = /** @type {any} */ ({
    seats, rows: rowsOf(seats), prices: new Map(), chosen: { value: [] }, statuses: { value: new Map(seats.map(({ id }) => [id, "AVAILABLE"])) },
    heldNotes: { value: new Map() }, isFree: () => true, priceOf: () => undefined, toggle: () => {},
  });
  return html`${seatMap({ choice, current, zoom: editor.zoom, label })} ${legend(choice)}`;
}

/** @param {Editor} editor @param {import("../domain/seating-plan.js").SeatRow} row @param {number} y @param {number} columns */
function rowView(editor, row, y, columns) {
  const numbers = numbersOf(row);
  const choose = () => {
    editor.choose({ y, x: 0 });
    editor.choose({ y, x: Math.max(0, row.places.length - 1) }, { extend: true });
  };
  return html`
    <div class="seat-row" role="row" .style=${`--y:${y}`}>
      <span class="row-name plan-row-name" role="rowheader" aria-label=${row.row ? nothing : t("staff.plan.crossAisle")} @click=${choose}>${row.row || "–"}</span>
      ${Array.from({ length: columns }, (_, x) => cellView(editor, y, x, numbers[x] ?? null, CATEGORIES[row.places[x]] ?? null))}
    </div>
  `;
}

/** @param {Editor} editor @param {number} y @param {number} x @param {number | null} number @param {string | null} category */
function cellView(editor, y, x, number, category) {
  const { cursor, box, plan } = editor;
  const isCursor = cursor.value.y === y && cursor.value.x === x;
  return html`<span role="gridcell" class="seat-place plan-place" id="cell-${y}-${x}" .style=${`--x:${x}`} tabindex=${isCursor ? 0 : -1}
    aria-selected=${isInside(box.value, y, x) ? "true" : "false"} aria-label=${nameOfCell(plan.value, { y, x }, number, category)}>${category
      ? html`<span class="seat ${lookOf(category)} free">${glyph(category) ?? number}</span>`
      : html`<span class="plan-gap"></span>`}</span>`;
}

/** @param {KeyboardEvent} event @param {Editor} editor */
function onKey(event, editor) {
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (control && (key === "Z" || key === "Y")) return done(event, editor, key === "Y" || event.shiftKey ? editor.redo : editor.undo);
  if (control && key === "A") return done(event, editor, () => chooseAll(editor));
  const move = MOVES[`${control && key.length > 1 && !key.startsWith("Arrow") ? "Ctrl+" : ""}${key}`];
  if (move) return done(event, editor, () => editor.choose(moved(editor.plan.value, editor.cursor.value, move, editor.size.value.columns), { extend: event.shiftKey }));
  if (control || event.altKey) return;
  const pressed = event.shiftKey && key.length > 1 ? `Shift+${key}` : key;
  const tool = TOOLS.find(({ keys }) => keys.includes(pressed));
  if (tool) done(event, editor, () => use(editor, tool.name));
}

/** @param {KeyboardEvent} event @param {Editor} editor @param {() => void} act */
function done(event, editor, act) {
  event.preventDefault();
  act();
  // The row with the focus may be gone, and with the last one the drawing.
  if (editor.plan.value.length) focusCell(editor.cursor.value);
  else document.getElementById("plan-count")?.focus();
}

/** @param {Editor} editor */
export function chooseAll(editor) {
  editor.choose({ y: 0, x: 0 }, { focus: false });
  editor.choose({ y: editor.size.value.rows - 1, x: widthOf(editor.plan.value) - 1 }, { extend: true });
}

/** A screen reader may put the focus on any place: arrows go on from there. @param {FocusEvent} event @param {Editor} editor */
function onFocus(event, editor) {
  const cell = cellAt(/** @type {Element} */ (event.target));
  const { y, x } = editor.cursor.value;
  if (cell && (cell.y !== y || cell.x !== x)) editor.choose(cell, { focus: false });
}

/** @param {PointerEvent} event @param {Editor} editor */
function onPress(event, editor) {
  // A finger may mean to scroll: it chooses when it is lifted.
  if (event.button !== 0 || event.pointerType === "touch") return;
  event.preventDefault();
  press(event, editor);
}

/** @param {PointerEvent} event @param {Editor} editor */
function press(event, editor) {
  const cell = cellAt(/** @type {Element} */ (event.target));
  if (cell) editor.choose(cell, { extend: event.shiftKey || editor.extending.value });
}

/** With a mouse a drag stretches the box; a finger scrolls, and chooses with the button "extend". @param {PointerEvent} event @param {Editor} editor */
function onDrag(event, editor) {
  if (event.pointerType === "touch" || !(event.buttons & 1)) return;
  const cell = cellAt(/** @type {Element} */ (event.target));
  const { y, x } = editor.cursor.value;
  if (cell && (cell.y !== y || cell.x !== x)) editor.choose(cell, { extend: true });
}

/** @param {Element} target */
function cellAt(target) {
  const found = /^cell-(\d+)-(\d+)$/.exec(target.closest(".plan-place")?.id ?? "");
  return found && { y: Number(found[1]), x: Number(found[2]) };
}
