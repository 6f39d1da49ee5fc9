// @ts-check
/** The door, by typed code or by a hand scanner that types: yes or no in under a second, in words and colour. */
import { serverNow } from "../../core/clock.js";
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { rememberInAddress } from "../../core/router.js";
import { state } from "../../core/state.js";
import { cinemaDay, clockText, showtimeText } from "../../domain/times.js";
import { moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { staffScope, staffView } from "../frame.js";
import { CheckIn } from "../operations/sales.js";
import { dayProgramme } from "../programme.js";

const PATH = "/admin/check-in";
/** Codes that people type are short; what a scanner reads out of a QR code is long. */
const LONGEST_CODE = 24;

/** @typedef {{admitted: boolean, heading: string, text: string}} Answer */

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.nav.checkIn");
  const showtimes = scope.cinema ? await dayProgramme(scope.cinema, cinemaDay(serverNow(), scope.cinema.timeZone), signal) : [];
  const showtimeId = state(query.get("showtime") ?? "");
  const answer = state(/** @type {Answer | null} */ (null));
  const busy = state(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (document.getElementById("code"));
    const code = input.value.trim();
    if (!code || busy.value) return;
    busy.value = true;
    answer.value = await admit(code, showtimeId.value || null);
    busy.value = false;
    input.select();
    input.focus();
  };
  const choose = (/** @type {Event} */ event) => {
    showtimeId.value = /** @type {HTMLSelectElement} */ (event.target).value;
    rememberInAddress({ showtime: showtimeId.value });
  };
  return staffView({
    path: PATH,
    title,
    scope,
    content: () => html`
      <form class="card-plain" @submit=${submit}>
        <div class="field">
          <label for="check-in-showtime">${t("staff.checkIn.showtime")}</label>
          <select class="form-select" id="check-in-showtime" @change=${choose}>
            <option value="">${t("staff.checkIn.anyShowtime")}</option>
            ${showtimes.map((each) => html`<option value=${each.id} ?selected=${each.id === showtimeId.value}>${clockText(each.startsAt, each.timeZone, formatLocale())} ${each.movieTitle} · ${each.auditoriumName}</option>`)}
          </select>
        </div>
        <label class="fw-semibold mb-1" for="code">${t("staff.checkIn.code")}</label>
        <p class="muted small-text mb-1" id="code-hint">${t("staff.checkIn.hint")}</p>
        <div class="with-button">
          <input class="form-control form-control-lg" id="code" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="code-hint" />
          <button class="btn btn-primary" type="submit">${t("staff.checkIn.submit")}</button>
        </div>
      </form>
      <div role="status" aria-live="assertive">
        ${answer.value ? html`<div class="answer ${answer.value.admitted ? "ok" : "bad"}"><h2>${answer.value.heading}</h2><p class="mb-0">${answer.value.text}</p></div>` : nothing}
      </div>
    `,
  });
}

/** @param {string} typed @param {string | null} showtimeId @returns {Promise<Answer>} */
async function admit(typed, showtimeId) {
  try {
    const what = typed.length > LONGEST_CODE ? { qrPayload: typed } : { code: typed };
    const { checkInTicket } = await gql(CheckIn, { ...what, showtimeId });
    const { ticket, booking, userErrors } = checkInTicket;
    const [refusal] = userErrors;
    const where = booking ? `${booking.showtime.movieTitle} · ${booking.showtime.auditoriumName} · ${showtimeText(booking.showtime.startsAt, booking.showtime.timeZone, formatLocale())}` : "";
    if (!refusal) return { admitted: true, heading: `✓ ${t("staff.checkIn.admitted", { seat: ticket.seat.id })}`, text: `${t(`ticketType.${ticket.ticketType}`)} · ${where}` };
    const since = refusal.code === "TICKET_ALREADY_USED" && ticket?.usedAt ? t("staff.checkIn.since", { when: moment(ticket.usedAt) }) : "";
    return { admitted: false, heading: `✕ ${t("staff.checkIn.refused")}`, text: [refusalText(refusal), since, where].filter(Boolean).join(" ") };
  } catch (error) {
    return { admitted: false, heading: `✕ ${t("staff.checkIn.noAnswer")}`, text: failureText(error) };
  }
}
