// @ts-check
/** Choosing seats: best seats in one press, from a list, or on the live map. */
import { serverNow, watchClock } from "../core/clock.js";
import { AppError } from "../core/errors.js";
import { failureText, refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { hold } from "../core/hold.js";
import { formatLocale, t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { signedIn } from "../core/session.js";
import { effect, state } from "../core/state.js";
import { freeBlocks, loneSeats, placeOf } from "../domain/seats.js";
import { showtimeText } from "../domain/times.js";
import { JoinWaitingList, SeatMap } from "./operations.js";
import { money } from "../ui/format.js";
import { leftText } from "../ui/hold-line.js";
import { html, nothing } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { notice } from "../ui/notice.js";
import { centre, firstZoom, legend, seatMap } from "../ui/seat-map.js";
import { versionText } from "../ui/showtimes.js";
import { announce } from "../ui/toast.js";
import { createChoice, ownHeldBooking } from "./seat-choice.js";

const PARTY = 2;
const MOST_IN_LIST = 60;

/** @param {import("../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const { showtime } = await gql(SeatMap, { id: params.id }, { signal });
  if (!showtime) throw new AppError("NOT_FOUND", "No such showtime");
  const title = showtime.movieTitle;
  const closed = closedReason(showtime);
  if (closed) return { title, template: () => closedPage(showtime, closed) };

  const heldBooking = await ownHeldBooking(showtime.id, showtime.seatStatuses.includes("m"));
  const wanted = (query.get("seats") ?? "").split(",").filter(Boolean);
  const choice = createChoice(showtime, wanted, heldBooking);
  const party = state(Math.min(choice.maximum, choice.chosen.peek().length || PARTY));
  const current = state(choice.chosen.peek()[0] ?? middleSeat(choice));
  const zoom = state(/** @type {"comfortable" | "fit"} */ (firstZoom(choice.seats)));
  const waiting = state(/** @type {string | null} */ (showtime.onWaitingList ? t("seats.onList") : null));
  const stopAnnouncing = announceChoice(choice);
  const stopClock = watchClock();
  requestAnimationFrame(() => requestAnimationFrame(() => centre(choice.chosen.peek()[0])));

  return {
    title,
    template: () => html`
      <div class="page seats-page">
        ${header(showtime, choice)}
        ${choice.available.value === 0 && !choice.chosen.value.length ? soldOut(showtime, party.value, waiting) : nothing}
        <div class="seat-tools">
          ${tools(choice, party, current)} ${zoomTool(zoom)}
        </div>
        ${listChoice(choice, party.value, current)}
        <div class="room-card">
          ${seatMap({ choice, current, zoom, label: t("seats.map", { auditorium: showtime.auditoriumName }) })} ${legend(choice)}
        </div>
        ${bar(choice, showtime.id)}
      </div>
    `,
    dispose() {
      stopAnnouncing();
      stopClock();
      choice.close();
    },
  };
}

/** @param {any} showtime @param {import("./seat-choice.js").Choice} choice */
const header = (showtime, choice) => html`
  <div class="seats-head">
    <div>
      <p class="kicker">${showtime.cinemaName} · ${showtime.auditoriumName} · ${showtimeText(showtime.startsAt, showtime.timeZone, formatLocale())} · ${versionText(showtime)}</p>
      <h1 class="small">${showtime.movieTitle}</h1>
    </div>
    <p class="live-line ${choice.live.value}" id="live-status" role="status">
      <span class="dot" aria-hidden="true"></span>
      ${choice.live.value === "live" ? t("seats.live", { count: choice.available.value }) : t(`seats.${choice.live.value}`)}
    </p>
  </div>
`;

/** @param {import("./seat-choice.js").Choice} choice @param {import("../../vendor/signals-core/signals-core.js").Signal<number>} party @param {import("../../vendor/signals-core/signals-core.js").Signal<string>} current */
function tools(choice, party, current) {
  const pick = async () => {
    await choice.best(party.value, null);
    const [first] = choice.chosen.peek();
    if (first) current.value = first;
    centre(first);
  };
  return html`
    <div class="row-wrap">
      <label for="party">${t("seats.people")}</label>
      <select class="form-select w-auto" id="party" @change=${(/** @type {Event} */ event) => (party.value = Number(/** @type {HTMLSelectElement} */ (event.target).value))}>
        ${Array.from({ length: choice.maximum }, (_, i) => html`<option value=${i + 1} ?selected=${i + 1 === party.value}>${i + 1}</option>`)}
      </select>
      <button class="btn btn-primary" type="button" id="best-seats" @click=${pick}>${t("seats.best")}</button>
    </div>
  `;
}

/** @param {import("../../vendor/signals-core/signals-core.js").Signal<"comfortable" | "fit">} zoom */
const zoomTool = (zoom) => html`
  <div class="row-wrap" role="group" aria-label=${t("seats.zoom")}>
    <button class="btn btn-quiet btn-sm" type="button" aria-pressed=${zoom.value === "fit" ? "true" : "false"} @click=${() => (zoom.value = "fit")}>${icon("zoom-out")} ${t("seats.fit")}</button>
    <button class="btn btn-quiet btn-sm" type="button" aria-pressed=${zoom.value === "comfortable" ? "true" : "false"} @click=${() => (zoom.value = "comfortable")}>${icon("zoom-in")} ${t("seats.comfortable")}</button>
  </div>
`;

/** @param {import("./seat-choice.js").Choice} choice @param {number} count @param {import("../../vendor/signals-core/signals-core.js").Signal<string>} current */
function listChoice(choice, count, current) {
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
  return html`
    <details class="list-choice">
      <summary>${t("seats.fromList")}</summary>
      ${groups.length
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
        : html`<p class="muted">${t("seats.noBlock", { count })}</p>`}
    </details>
  `;
}

/** @param {import("../domain/seats.js").Seat[]} block @param {import("./seat-choice.js").Choice} choice */
function blockText(block, choice) {
  const categories = [...new Set(block.map((seat) => t(`category.${seat.category}`)))].join(", ");
  const amount = block.reduce((sum, seat) => sum + (choice.priceOf(seat.id)?.amount ?? 0), 0);
  const ids = block.length > 1 ? `${block[0].id} – ${block[block.length - 1].id}` : block[0].id;
  return `${ids} · ${categories} · ${money({ amount, currency: choice.total.value.currency })}`;
}

/** @param {import("./seat-choice.js").Choice} choice @param {string} showtimeId */
function bar(choice, showtimeId) {
  const chosen = choice.chosen.value;
  const lone = loneSeats(choice.rows, choice.isFree, new Set(chosen));
  const place = placeOf(choice.rows, chosen);
  const go = async () => {
    if (!signedIn.value) return navigate(`/sign-in?next=${encodeURIComponent(`/showtimes/${showtimeId}?seats=${chosen.join(",")}`)}`);
    const bookingId = await choice.hold();
    if (bookingId) await navigate(`/bookings/${bookingId}/pay`);
    else requestAnimationFrame(() => document.getElementById("seat-problem")?.focus());
  };
  return html`
    <div class="selection-bar">
      <div id="seat-problem" tabindex="-1">${choice.problem.value ? notice("bad", html`<p>${choice.problem.value}</p>`, { role: "alert" }) : nothing}</div>
      ${lone.length ? notice("info", html`<p>${t("seats.lone", { count: lone.length, seats: lone.join(", ") })}</p>`) : nothing}
      <div class="selection-line">
        <div>
          ${chosen.length
            ? html`<strong id="chosen-seats">${chosen.join(", ")}</strong> <span class="figures" id="chosen-total">${money(choice.total.value)}</span>
                ${choice.fee.amount ? html`<span class="muted small-text">${t("seats.withFee", { fee: money(choice.fee) })}</span>` : nothing}
                ${place ? html`<span class="muted small-text place-text">${t(`seats.place.${place.side}`, { count: place.rowsFromScreen })}</span>` : nothing}`
            : html`<span class="muted">${t("seats.choose")}</span>`}
        </div>
        ${hold.value?.showtimeId === showtimeId ? html`<span class="figures held-text">${icon("clock")} ${leftText(hold.value.expiresAt)}</span>` : nothing}
        <button class="btn btn-primary btn-lg" type="button" id="continue" ?disabled=${!chosen.length} aria-disabled=${choice.busy.value ? "true" : nothing} @click=${go}>
          ${choice.busy.value ? t("form.busy") : t("seats.continue")}
        </button>
      </div>
    </div>
  `;
}

/** @param {any} showtime @returns {string | null} */
function closedReason(showtime) {
  if (showtime.status === "CANCELLED") return "cancelled";
  if (showtime.status === "SCHEDULED" || showtime.status === "DRAFT") return "notYet";
  if (showtime.status === "CLOSED" || Date.parse(showtime.salesCloseAt) <= serverNow()) return "closed";
  return null;
}

/** @param {any} showtime @param {string} reason */
const closedPage = (showtime, reason) => html`
  <div class="page narrow stack">
    <p class="kicker">${showtime.cinemaName} · ${showtimeText(showtime.startsAt, showtime.timeZone, formatLocale())}</p>
    <h1 class="small">${showtime.movieTitle}</h1>
    ${notice(reason === "cancelled" ? "bad" : "info", html`<h2>${t(`seats.${reason}.heading`)}</h2><p>${t(`seats.${reason}.text`)}</p>`)}
    <div class="actions">
      <a class="btn btn-primary" href=${showtime.movie ? `/films/${showtime.movie.id}` : "/"}>${t("seats.otherTimes")}</a>
    </div>
  </div>
`;

/** @param {any} showtime @param {number} count @param {import("../../vendor/signals-core/signals-core.js").Signal<string | null>} answer */
function soldOut(showtime, count, answer) {
  const join = async () => {
    if (!signedIn.value) return navigate(`/sign-in?next=${encodeURIComponent(`/showtimes/${showtime.id}`)}`);
    try {
      const { joinWaitingList } = await gql(JoinWaitingList, { showtimeId: showtime.id, seats: count });
      answer.value = joinWaitingList.done ? t("seats.onList") : refusalText(joinWaitingList.userErrors[0]);
    } catch (error) {
      answer.value = failureText(error);
    }
    announce(answer.value);
  };
  return notice(
    "info",
    html`<h2>${t("seats.soldOut")}</h2>
      <p>${answer.value ?? t("seats.soldOutText")}</p>
      ${answer.value ? nothing : html`<p><button class="btn btn-quiet" type="button" @click=${join}>${t("seats.tellMe")}</button></p>`}
      ${showtime.movie ? html`<p><a href="/films/${showtime.movie.id}">${t("seats.otherTimes")}</a></p>` : nothing}`,
  );
}

/** @param {import("./seat-choice.js").Choice} choice */
function announceChoice(choice) {
  let before = choice.chosen.peek();
  return effect(() => {
    const chosen = choice.chosen.value;
    if (chosen === before) return;
    before = chosen;
    const text = chosen.length ? t("seats.chosen", { count: chosen.length, seats: chosen.join(", "), total: money(choice.total.value) }) : t("seats.noneChosen");
    queueMicrotask(() => choice.problem.peek() ?? announce(text));
  });
}

/** @param {import("./seat-choice.js").Choice} choice */
function middleSeat({ rows, isFree, seats }) {
  const row = rows[Math.floor((rows.length * 2) / 3)]?.seats ?? [];
  const middle = row[Math.floor(row.length / 2)];
  return middle && isFree(middle.id) ? middle.id : (seats.find((seat) => isFree(seat.id))?.id ?? seats[0]?.id ?? "");
}
