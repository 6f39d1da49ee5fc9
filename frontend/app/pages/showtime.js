// @ts-check
/** Choosing seats: best seats in one press, from a list, or on the live map. */
import { serverNow, watchClock } from "../core/clock.js";
import { AppError } from "../core/errors.js";
import { gql } from "../core/gql.js";
import { hold } from "../core/hold.js";
import { addWords, formatLocale, t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { signedIn } from "../core/session.js";
import { effect, state } from "../core/state.js";
import { loneSeats, placeOf } from "../domain/seats.js";
import { showtimeText } from "../domain/times.js";
import { SeatMap } from "./operations.js";
import { money } from "../ui/format.js";
import { html, nothing } from "../ui/html.js";
import { icon } from "../ui/icon.js";
import { leftText } from "../ui/left-text.js";
import { notice } from "../ui/notice.js";
import { centre, firstZoom, legend, seatMap } from "../ui/seat-map.js";
import { versionText } from "../ui/showtimes.js";
import { announce } from "../ui/toast.js";
import { createChoice, ownHeldBooking } from "./seat-choice.js";

const PARTY = 2;

/** @param {import("../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const { showtime } = await gql(SeatMap, { id: params.id }, { signal });
  if (!showtime) throw new AppError("NOT_FOUND", "No such showtime");
  const title = showtime.movieTitle;
  const closed = closedReason(showtime);
  if (closed) {
    const { closedPage } = await import("./showtime-closed.js");
    return { title, template: () => closedPage(showtime, closed) };
  }

  const heldBooking = await ownHeldBooking(showtime.id, showtime.seatStatuses.includes("m"));
  const wanted = (query.get("seats") ?? "").split(",").filter(Boolean);
  const choice = createChoice(showtime, wanted, heldBooking);
  const party = state(Math.min(choice.maximum, choice.chosen.peek().length || PARTY));
  const current = state(choice.chosen.peek()[0] ?? middleSeat(choice));
  const zoom = state(/** @type {"comfortable" | "fit"} */ (firstZoom(choice.seats)));
  const waiting = state(/** @type {string | null} */ (showtime.onWaitingList ? t("seats.onList") : null));
  const list = createList(choice, party, current);
  const sold = state(/** @type {typeof import("./showtime-closed.js").soldOut | null} */ (null));
  const stopSold = effect(() => {
    if (choice.available.value === 0) import("./showtime-closed.js").then(({ soldOut }) => (sold.value = soldOut), () => undefined);
  });
  const stopAnnouncing = announceChoice(choice);
  const stopClock = watchClock();
  requestAnimationFrame(() => requestAnimationFrame(() => centre(choice.chosen.peek()[0])));

  return {
    title,
    template: () => html`
      <div class="page seats-page">
        ${header(showtime, choice)}
        ${choice.available.value === 0 && !choice.chosen.value.length ? sold.value?.(showtime, party.value, waiting) ?? nothing : nothing}
        <div class="seat-tools">
          ${tools(choice, party, current)} ${zoomTool(zoom)}
        </div>
        ${list()}
        <div class="room-card">
          ${seatMap({ choice, current, zoom, label: t("seats.map", { auditorium: showtime.auditoriumName }) })} ${legend(choice)}
        </div>
        ${bar(choice, showtime.id)}
      </div>
    `,
    dispose() {
      stopSold();
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

/**
 * The list is made when it is opened: hundreds of seats are looked through for it. What takes until then is fetched once the page stands.
 * @param {import("./seat-choice.js").Choice} choice @param {import("../../vendor/signals-core/signals-core.js").Signal<number>} party @param {import("../../vendor/signals-core/signals-core.js").Signal<string>} current
 */
function createList(choice, party, current) {
  const open = state(false);
  const made = state(/** @type {typeof import("./seat-list.js") | null} */ (null));
  const fetchList = () => import("./seat-list.js").then((module) => (made.value = module), () => undefined);
  // The words of refusals, too: they are needed at the press that holds the seats.
  setTimeout(() => (fetchList(), addWords("account").catch(() => undefined)));
  const watch = (/** @type {Event} */ event) => {
    open.value = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (open.value && !made.value) fetchList();
  };
  return () => html`
    <details class="list-choice" @toggle=${watch}>
      <summary>${t("seats.fromList")}</summary>
      ${open.value ? made.value?.seatList(choice, party.value, current) ?? html`<p class="muted">${t("layout.loading")}</p>` : nothing}
    </details>
  `;
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
