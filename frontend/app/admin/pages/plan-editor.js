// @ts-check
/**
 * A seating plan while somebody draws it: the plan with its history, the cursor and the chosen box, and the text that
 * is kept in step with the drawing. Nothing is sent from here.
 */
import { t } from "../../core/i18n.js";
import { batch, computed, state } from "../../core/state.js";
import { announce } from "../../ui/toast.js";
import { begun, redone, stepped, undone } from "../domain/history.js";
import { faultsOf, warningsOf } from "../domain/plan-problems.js";
import { planOf, planText } from "../domain/plan-text.js";
import { boxBetween, capacityOf, isSame, MOST, seatCount, widthOf, within } from "../domain/seating-plan.js";

/** @typedef {ReturnType<typeof createEditor>} Editor */
/** @typedef {import("../domain/seating-plan.js").Plan} Plan */
/** @typedef {import("../domain/seating-plan.js").Cell} Cell */

export const ROOM = "plan-room";
const FIRST = { y: 0, x: 0 };
/** Steps of this name in a row are one. */
const TYPING = "text";

/**
 * @param {Plan} saved as the server has it, empty for a new auditorium
 * @param {Set<string> | null} priced categories that showtimes here have a price for; null: nothing to compare with
 * @param {() => void} changed told after every change
 */
export function createEditor(saved, priced, changed) {
  let baseline = saved;
  const history = state(begun(saved));
  const cursor = state(FIRST);
  const anchor = state(FIRST);
  /** What is typed and not yet written by us. @type {import("../../../vendor/signals-core/signals-core.js").Signal<string | null>} */
  const draft = state(/** @type {string | null} */ (null));
  const plan = computed(() => history.value.now);
  // One place more than the longest row has: painting there makes rows longer.
  const size = computed(() => ({ rows: plan.value.length, columns: Math.min(MOST.places, widthOf(plan.value) + 1) }));
  const box = computed(() => boxBetween(anchor.value, cursor.value));
  const textFaults = computed(() => (draft.value === null ? [] : planOf(draft.value).faults));

  /** @param {ReturnType<typeof history.peek>} next */
  function show(next) {
    batch(() => {
      history.value = next;
      cursor.value = within(cursor.peek(), size.value);
      anchor.value = within(anchor.peek(), size.value);
    });
    changed();
  }

  /** Chooses one place, or stretches the box to it; the focus follows. @param {Cell} cell @param {{extend?: boolean, focus?: boolean}} [how] */
  function choose(cell, { extend = false, focus = true } = {}) {
    batch(() => {
      cursor.value = within(cell, size.value);
      if (!extend) anchor.value = cursor.value;
    });
    if (focus) focusCell(cursor.value);
  }

  return {
    history, plan, cursor, anchor, box, size, draft, textFaults, choose,
    extending: state(false),
    zoom: state(/** @type {"comfortable" | "fit"} */ ("comfortable")),
    preview: state(false),
    /** Where the tab stop of the preview is. */
    seen: state(""),
    faults: computed(() => faultsOf(plan.value)),
    warnings: computed(() => warningsOf(plan.value, priced)),
    isChanged: () => !isSame(plan.value, baseline),
    /** What is drawn now is what the server has. */
    kept: () => void (baseline = plan.value),
    text: () => draft.value ?? planText(plan.value),

    /** Draws: one step of the history, said aloud. @param {(plan: Plan, box: import("../domain/seating-plan.js").Box) => Plan} change @param {string} [says] */
    draw(change, says) {
      const next = change(plan.value, box.value);
      draft.value = null;
      if (isSame(next, plan.value)) return;
      show(stepped(history.value, next));
      announce([says, t("staff.plan.seats", { count: capacityOf(next) })].filter(Boolean).join(". "));
    },

    /** Draws what was typed; lines that can't be read are told and keep the drawing as it was. @param {string} text */
    type(text) {
      draft.value = text;
      const read = planOf(text);
      if (!read.faults.length && !isSame(read.plan, plan.value)) show(stepped(history.value, read.plan, TYPING));
      else changed();
    },

    /** The text is left: what could be read is written as we write it. */
    typed() {
      if (!textFaults.value.length) draft.value = null;
    },

    undo: () => step(undone, t("staff.plan.undone")),
    redo: () => step(redone, t("staff.plan.redone")),
  };

  /** @param {typeof undone} move @param {string} says */
  function step(move, says) {
    draft.value = null;
    const next = move(history.value);
    if (next === history.value) return;
    show(next);
    announce(says);
  }
}

/** What is said of a place. @param {Plan} plan @param {Cell} cell @param {number | null} number @param {string | null} category */
export function nameOfCell(plan, { y, x }, number, category) {
  const row = plan[y];
  if (number !== null && category) return t("staff.plan.seatName", { row: row.row, number: String(number), category: t(`category.${category}`) });
  const place = t("staff.plan.gapName", { place: String(x + 1) });
  return row.row ? `${t("seats.row", { row: row.row })}, ${place}` : `${t(seatCount(row) ? "staff.plan.noName" : "staff.plan.crossAisle")}, ${place}`;
}

/** @param {Cell} cell */
export function focusCell({ y, x }) {
  const place = document.getElementById(`cell-${y}-${x}`);
  place?.focus({ preventScroll: true });
  place?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
