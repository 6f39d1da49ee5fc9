// @ts-check
/** Choosing from a list: blocks of free seats beside one another, row by row. Fetched when a page is drawn already. */
import { t } from "../core/i18n.js";
import { freeBlocks } from "../domain/seats.js";
import { money } from "../ui/format.js";
import { html } from "../ui/html.js";

const MOST_IN_LIST = 60;

/** @param {import("./seat-choice.js").Choice} choice @param {number} count @param {import("../../vendor/signals-core/signals-core.js").Signal<string>} current */
export function seatList(choice, count, current) {
  let left = MOST_IN_LIST;
  const groups = choice.rows
    .map((row) => {
      const blocks = freeBlocks(row, choice.isFree, count).slice(0, Math.max(0, left));
      left -= blocks.length;
      return { row: row.row, blocks };
    })
    .filter(({ blocks }) => blocks.length);
  const take = (/** @type {Event} */ event) => {
    const select = /** @type {HTMLSelectElement} */ (document.getElementById("seat-list"));
    event.preventDefault();
    if (!select.value) return;
    const ids = select.value.split(",");
    choice.choose(ids);
    current.value = ids[0];
  };
  return groups.length
    ? html`<form class="row-wrap" @submit=${take}>
            <label for="seat-list">${t("seats.blocks", { count })}</label>
            <select class="form-select w-auto mw-100" id="seat-list">
              ${groups.map(
                ({ row, blocks }) => html`<optgroup label=${t("seats.row", { row })}>
                  ${blocks.map((block) => html`<option value=${block.map((seat) => seat.id).join(",")}>${blockText(block, choice)}</option>`)}
                </optgroup>`,
              )}
            </select>
            <button class="btn btn-quiet" type="submit">${t("seats.take")}</button>
          </form>`
    : html`<p class="muted">${t("seats.noBlock", { count })}</p>`;
}

/** @param {import("../domain/seats.js").Seat[]} block @param {import("./seat-choice.js").Choice} choice */
function blockText(block, choice) {
  const categories = [...new Set(block.map((seat) => t(`category.${seat.category}`)))].join(", ");
  const amount = block.reduce((sum, seat) => sum + (choice.priceOf(seat.id)?.amount ?? 0), 0);
  const ids = block.length > 1 ? `${block[0].id} – ${block[block.length - 1].id}` : block[0].id;
  return `${ids} · ${categories} · ${money({ amount, currency: choice.total.value.currency })}`;
}
