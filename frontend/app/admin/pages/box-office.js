// @ts-check
/** The box office: a sale in a few presses, by touch or by keys alone, and the next one at once. */
import { serverNow, watchClock } from "../../core/clock.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { withQuery, navigate } from "../../core/router.js";
import { state } from "../../core/state.js";
import { cinemaDay, rfc3339, spanOfDay } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { createSale } from "../desk/sale.js";
import { staffScope, staffView } from "../frame.js";
import { NextToSell } from "../operations/desk.js";
import { partOf, partView } from "../ui/part.js";
import { keyList, paper, salePart, soldPart, tiles } from "./box-office-parts.js";

const PATH = "/admin/box-office";
const HOUR_MS = 3_600_000;
/** People still come when the film has begun. */
const LATE_MS = HOUR_MS / 2;
const AHEAD_MS = 30 * HOUR_MS;
const MOST_TILES = 12;
const METHODS = /** @type {Record<string, import("../desk/sale.js").Method>} */ ({ F4: "CASH", F6: "CARD", F7: "COMP" });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const { cinema } = scope;
  const day = query.get("day");
  const next = await partOf(async () => (cinema ? await nextShowtimes(cinema, day, signal) : []), signal);
  const zoom = state(/** @type {"comfortable" | "fit"} */ ("fit"));
  const current = state("");
  const sale = createSale({
    onSold() {
      void next.again();
      focusSoon(".desk-tile");
    },
  });
  const actions = {
    async open(/** @type {string} */ id) {
      await sale.open(id);
      current.value = sale.choice.value?.chosen.value[0] ?? sale.choice.value?.seats[0]?.id ?? "";
      focusSoon("#desk-party");
    },
    again() {
      sale.again();
      focusSoon(".desk-tile");
    },
    method(/** @type {import("../desk/sale.js").Method} */ method) {
      if (!sale.choice.value) return;
      sale.method.value = method;
      sale.problem.value = null;
      focusSoon("#desk-given");
    },
    pay: () => /** @type {HTMLFormElement | null} */ (document.getElementById("desk-pay"))?.requestSubmit(),
    print: () => sale.sold.value && window.print(),
  };
  const stopKeys = readKeys(sale, actions);
  const stopClock = watchClock();
  const asked = query.get("showtime");
  if (asked) void actions.open(asked);

  return staffView({
    path: PATH,
    title: t("staff.nav.boxOffice"),
    scope,
    actions: () => html`
      <label class="visually-hidden-text" for="desk-day">${t("staff.boxOffice.day")}</label>
      <input class="form-control w-auto" type="date" id="desk-day" .value=${day ?? ""} @change=${chooseDay} />
    `,
    content: () => html`
      <div class="desk-page no-print">
        ${soldPart(sale, actions)}
        ${sale.choice.value ? salePart(sale, actions, { zoom, current }) : nothing}
        <div ?hidden=${Boolean(sale.choice.value)}>${partView(next, (showtimes) => tiles(showtimes, actions.open))}</div>
        ${sale.problem.value && !sale.choice.value ? html`<p class="fault" role="alert">${sale.problem.value}</p>` : nothing}
        ${keyList()}
      </div>
      ${paper(sale)}
    `,
    dispose() {
      stopKeys();
      stopClock();
      sale.dispose();
    },
  });
}

/** What is sold next, or on a day; by start. @param {import("../frame.js").Cinema} cinema @param {string | null} day @param {AbortSignal} signal @returns {Promise<any[]>} */
async function nextShowtimes(cinema, day, signal) {
  const now = serverNow();
  const isOther = day && day !== cinemaDay(now, cinema.timeZone);
  const span = isOther ? spanOfDay(day, cinema.timeZone) : { from: rfc3339(new Date(now - LATE_MS)), to: rfc3339(new Date(now + AHEAD_MS)) };
  const { showtimes } = await gql(NextToSell, { cinemaId: cinema.id, ...span }, { signal });
  const sellable = showtimes.nodes.filter((/** @type {any} */ each) => each.status === "ON_SALE" || each.status === "SOLD_OUT");
  return isOther ? sellable : sellable.slice(0, MOST_TILES);
}

/** @param {Event} event */
const chooseDay = (event) => navigate(withQuery({ day: /** @type {HTMLInputElement} */ (event.target).value, showtime: null, seats: null }), { replace: true });

/** Once what was changed is drawn. @param {string} selector */
function focusSoon(selector) {
  requestAnimationFrame(() => {
    const field = document.querySelector(selector);
    if (!(field instanceof HTMLElement)) return;
    field.focus();
    if (field instanceof HTMLInputElement) field.select();
  });
}

/**
 * The keys that stand at the bottom of the page, wherever the focus is.
 * @param {import("../desk/sale.js").Sale} sale
 * @param {{again: () => void, method: (method: import("../desk/sale.js").Method) => void, pay: () => void, print: () => unknown}} actions
 */
function readKeys(sale, actions) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || document.querySelector("dialog[open]")) return;
    const { key } = event;
    if (key === "F2") focusSoon("#desk-party");
    else if (key === "F3") void sale.nextBest();
    else if (key in METHODS) actions.method(METHODS[key]);
    else if (key === "F8") actions.print();
    else if (key === "F9") actions.pay();
    else if (key === "Escape" && !document.querySelector("details.menu[open]")) actions.again();
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
