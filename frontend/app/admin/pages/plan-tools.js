// @ts-check
/** Beside the room: what can be done with the chosen places, new rows, the plan as text, what is wrong, and the keys. */
import { listOf, t } from "../../core/i18n.js";
import { announce } from "../../ui/toast.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { glyph, lookOf } from "../../ui/seat-map.js";
import { placesOf, placesText } from "../domain/plan-text.js";
import { categoriesIn, CATEGORIES, MOST, newName, numbered, renamed, seatCount, withRows } from "../domain/seating-plan.js";
import { icon } from "../ui/icon.js";
import { chooseAll, TOOLS, use } from "./plan-room.js";

/** @typedef {import("./plan-editor.js").Editor} Editor */

const ICONS = /** @type {Record<string, string>} */ ({ remove: "x-lg", aisle: "arrow-right", closeUp: "arrow-left", crossAisle: "dash-lg", copyRow: "copy", removeRow: "trash" });
const MOST_LABELS = 12;

/** Undo, sizes, and how to choose without a Shift key. @param {Editor} editor */
export function toolbar(editor) {
  const { history, zoom, preview, extending } = editor;
  return html`
    <div class="plan-toolbar" role="group" aria-label=${t("staff.plan.toolbar")}>
      ${button(t("staff.plan.undo"), "arrow-counterclockwise", editor.undo, { off: !history.value.past.length })}
      ${button(t("staff.plan.redo"), "arrow-clockwise", editor.redo, { off: !history.value.future.length })}
      ${button(t("staff.plan.chooseAll"), "square", () => chooseAll(editor))}
      ${button(t("staff.plan.extend"), "sliders", () => (extending.value = !extending.value), { pressed: extending.value })}
      ${button(t("seats.fit"), "zoom-out", () => (zoom.value = "fit"), { pressed: zoom.value === "fit" })}
      ${button(t("seats.comfortable"), "zoom-in", () => (zoom.value = "comfortable"), { pressed: zoom.value === "comfortable" })}
      ${button(t("staff.plan.preview"), "eye", () => (preview.value = !preview.value), { pressed: preview.value })}
    </div>
  `;
}

/** What is chosen, and everything that can be done with it. @param {Editor} editor */
export function chosenPanel(editor) {
  const { plan, box } = editor;
  const { top, bottom, left, right } = box.value;
  const rows = plan.value.slice(top, bottom + 1);
  const parts = categoriesIn(plan.value, box.value).map(([category, count]) => `${count} × ${t(`category.${category}`)}`);
  const paints = TOOLS.filter(({ name }) => Object.values(CATEGORIES).includes(name));
  return html`
    <section class="card-plain plan-panel" aria-labelledby="plan-chosen">
      <h2 id="plan-chosen">${t("staff.plan.chosen")}</h2>
      <p class="muted small-text" id="plan-chosen-text">${t("staff.plan.chosenText", { rows: rows.length, places: rows.length * (right - left + 1) })}${parts.length ? ` ${listOf(parts)}` : ""}</p>
      <div class="plan-tools" role="group" aria-label=${t("staff.plan.paint")}>${paints.map((tool) => toolButton(editor, tool))}</div>
      <div class="plan-tools" role="group" aria-label=${t("staff.plan.change")}>${TOOLS.filter((tool) => !paints.includes(tool)).map((tool) => toolButton(editor, tool))}</div>
      ${rowsForm(editor, rows)}
    </section>
  `;
}

/** A block of rows that are alike. @param {Editor} editor */
export function addPanel(editor) {
  const { plan, cursor } = editor;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))));
    const read = placesOf(values.places);
    const first = values.first.trim().toUpperCase();
    if ("code" in read) return announce(t("staff.planText.place", { what: read.what || "–" }));
    const at = { back: plan.value.length, front: 0, behind: cursor.value.y + 1 }[values.where] ?? plan.value.length;
    const count = within(values.count, MOST.rows);
    const numberFrom = within(values.numberFrom, MOST.number);
    editor.draw((now) => withRows(now, { count, first, places: read.places, numberFrom, rightToLeft: values.numbering === "right", at }), t("staff.plan.added", { count }));
    editor.choose({ y: at, x: 0 }, { focus: false });
  };
  return html`
    <form class="card-plain plan-panel" id="plan-add" aria-labelledby="plan-add-heading" @submit=${submit}>
      <h2 id="plan-add-heading">${t("staff.plan.addRows")}</h2>
      <div class="plan-fields">
        ${input("plan-count", "count", t("staff.plan.count"), "1", { type: "number", min: "1", max: String(MOST.rows) })}
        ${input("plan-first", "first", t("staff.plan.firstName"), newName(plan.value), { maxlength: 2 })}
        ${input("plan-places", "places", t("staff.plan.places"), usualPlaces(plan.value), {})}
        ${input("plan-from", "numberFrom", t("staff.plan.numberFrom"), "1", { type: "number", min: "1", max: String(MOST.number) })}
        ${numbering("plan-numbering", "left")}
        ${select("plan-where", "where", t("staff.plan.where"), [["back", t("staff.plan.atBack")], ["behind", t("staff.plan.behindChosen")], ["front", t("staff.plan.atFront")]], "back")}
      </div>
      <button class="btn btn-quiet" type="submit">${icon("plus-lg")} ${t("staff.plan.addRows")}</button>
    </form>
  `;
}

/** The same plan to type, kept in step. @param {Editor} editor */
export function textPanel(editor) {
  const faults = editor.textFaults.value;
  return html`
    <section class="card-plain plan-panel" aria-labelledby="plan-text-heading">
      <h2 id="plan-text-heading">${t("staff.plan.text")}</h2>
      <p class="muted small-text" id="plan-text-hint">${t("staff.plan.textHint")}</p>
      <textarea class="form-control plan-text" id="plan-text" rows=${Math.min(24, Math.max(6, editor.plan.value.length + 1))} spellcheck="false" wrap="off"
        autocapitalize="characters" aria-labelledby="plan-text-heading" aria-describedby="plan-text-hint plan-text-faults" aria-invalid=${faults.length ? "true" : nothing} .value=${editor.text()}
        @input=${(/** @type {Event} */ event) => editor.type(/** @type {HTMLTextAreaElement} */ (event.target).value)} @change=${editor.typed}></textarea>
      <ul class="plan-faults" id="plan-text-faults">
        ${faults.map(({ line, code, what }) => html`<li class="fault">${t("staff.plan.line", { line: String(line) })}: ${t(`staff.planText.${code}`, { what: what || "–" })}</li>`)}
      </ul>
    </section>
  `;
}

/** What the service would refuse, and what may be forgotten. @param {Editor} editor */
export function problemsPanel(editor) {
  const faults = editor.plan.value.length ? editor.faults.value : [];
  const warnings = editor.warnings.value;
  return html`
    <div id="plan-problems" role="status">
      ${faults.length ? notice("bad", html`<ul>${faults.map(({ code, values }) => html`<li>${t(`staff.planFault.${code}`, values)}</li>`)}</ul>`) : nothing}
      ${warnings.length
        ? notice("warn", html`<ul>${warnings.map(({ code, values, labels }) => html`<li>${t(`staff.planWarning.${code}`, { ...(values.category ? { category: t(`category.${values.category}`) } : {}), seats: few(labels) })}</li>`)}</ul>`)
        : nothing}
    </div>
  `;
}

/** Every key that works in the drawing. */
export const keysPanel = () => html`
  <details class="plan-keys">
    <summary>${t("staff.plan.keys")}</summary>
    <dl class="facts">
      ${keyLine(["← ↑ → ↓", "Home", "End"], t("staff.plan.keyMove"))} ${keyLine(["Shift+←"], t("staff.plan.keyExtend"))}
      ${keyLine(["Ctrl+A"], t("staff.plan.chooseAll"))} ${TOOLS.map(({ name, keys }) => keyLine(keys, toolText(name)))}
      ${keyLine(["Ctrl+Z"], t("staff.plan.undo"))} ${keyLine(["Ctrl+Y"], t("staff.plan.redo"))}
    </dl>
  </details>
`;

/** @param {string[]} keys @param {string} text */
const keyLine = (keys, text) => html`<dt>${keys.map((key) => html`<kbd>${keyText(key)}</kbd> `)}</dt><dd>${text}</dd>`;

/** As it is printed on the keyboard: Shift+Delete is Umschalt + Entf. @param {string} key */
const keyText = (key) => key.split("+").map((part) => (/^[A-Za-z]{2}/.test(part) ? t(`staff.key.${part}`) : part)).join(" + ");

/** Names and numbers of the chosen rows, all at once. @param {Editor} editor @param {import("../domain/seating-plan.js").SeatRow[]} rows */
function rowsForm(editor, rows) {
  const named = rows.filter(({ row }) => row);
  const same = (/** @type {(row: import("../domain/seating-plan.js").SeatRow) => string} */ of) => (new Set(named.map(of)).size === 1 ? of(named[0]) : "");
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { name, numberFrom, numbering: side } = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))));
    const first = name.trim().toUpperCase();
    editor.draw((plan, box) => {
      const renumbered = numbered(plan, box, { ...(numberFrom ? { numberFrom: within(numberFrom, MOST.number) } : {}), ...(side ? { rightToLeft: side === "right" } : {}) });
      return first && first !== named[0]?.row ? renamed(renumbered, box, first) : renumbered;
    }, t("staff.plan.rowsChanged"));
  };
  return html`
    <form class="plan-rows" id="plan-rows" @submit=${submit}>
      <h3>${t("staff.plan.rows")}</h3>
      <div class="plan-fields">
        ${input("plan-name", "name", t(rows.length > 1 ? "staff.plan.namesFrom" : "staff.plan.name"), named[0]?.row ?? "", { maxlength: 2 })}
        ${input("plan-numbers", "numberFrom", t("staff.plan.numberFrom"), same((row) => String(row.numberFrom)), { type: "number", min: "1", max: String(MOST.number) })}
        ${numbering("plan-side", same((row) => (row.rightToLeft ? "right" : "left")), true)}
      </div>
      <button class="btn btn-quiet btn-sm" type="submit">${t("staff.plan.apply")}</button>
    </form>
  `;
}

/** @param {string} label @param {string} sign @param {() => void} act @param {{pressed?: boolean, off?: boolean}} [options] */
const button = (label, sign, act, { pressed, off } = {}) => html`
  <button class="btn btn-quiet btn-sm" type="button" aria-pressed=${pressed === undefined ? nothing : String(pressed)} aria-disabled=${off ? "true" : nothing} @click=${act}>${icon(sign)} ${label}</button>
`;

/** @param {Editor} editor @param {typeof TOOLS[number]} tool */
const toolButton = (editor, { name, keys }) => html`
  <button class="btn btn-quiet btn-sm plan-tool" type="button" @click=${() => use(editor, name)}>
    ${ICONS[name] ? icon(ICONS[name]) : html`<span class="seat sample ${lookOf(name)}" aria-hidden="true">${glyph(name) ?? ""}</span>`}
    <span>${toolText(name)}</span> <kbd aria-hidden="true">${keyText(keys[0])}</kbd>
  </button>
`;

/** @param {string} name */
const toolText = (name) => (Object.values(CATEGORIES).includes(name) ? t(`category.${name}`) : t(`staff.planTool.${name}`));

/** @param {string} id @param {string} name @param {string} label @param {string} value @param {{type?: string, min?: string, max?: string, maxlength?: number}} options */
const input = (id, name, label, value, { type = "text", min, max, maxlength }) => html`
  <div class="field"><label for=${id}>${label}</label>
    <input class="form-control" id=${id} name=${name} type=${type} .value=${value} min=${min ?? nothing} max=${max ?? nothing} maxlength=${maxlength ?? nothing} autocomplete="off" spellcheck="false" /></div>
`;

/** @param {string} id @param {string} chosen @param {boolean} [open] whether it may stay as it is */
const numbering = (id, chosen, open = false) =>
  select(id, "numbering", t("staff.plan.numbering"), [...(open ? [["", t("staff.plan.asIs")]] : []), ["left", t("staff.plan.fromLeft")], ["right", t("staff.plan.fromRight")]], chosen);

/** @param {string} id @param {string} name @param {string} label @param {string[][]} options @param {string} chosen */
const select = (id, name, label, options, chosen) => html`
  <div class="field"><label for=${id}>${label}</label>
    <select class="form-select" id=${id} name=${name} .value=${chosen}>${options.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}</select></div>
`;

/** A new row is most like the fullest one. @param {import("../domain/seating-plan.js").Plan} plan */
const usualPlaces = (plan) => (plan.length ? placesText(plan.reduce((fullest, row) => (seatCount(row) > seatCount(fullest) ? row : fullest)).places) : "4_10_4");

/** @param {string} typed @param {number} most */
const within = (typed, most) => Math.max(1, Math.min(most, Math.round(Number(typed)) || 1));

/** @param {string[]} labels */
const few = (labels) => `${labels.slice(0, MOST_LABELS).join(", ")}${labels.length > MOST_LABELS ? ", …" : ""}`;
