// @ts-check
/** The door's answer over the whole screen: word, sign and colour say it together; supervisors may overrule it. */
import { failureText, refusalText } from "../../core/forms.js";
import { formatLocale, has, t } from "../../core/i18n.js";
import { atLeast } from "../../core/session.js";
import { state } from "../../core/state.js";
import { clockText, showtimeText } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { toast } from "../../ui/toast.js";
import { isOverridable } from "../domain/door.js";
import { icon } from "../ui/icon.js";

/** @typedef {import("../domain/door.js").Answer} Answer @typedef {import("./check-in-parts.js").Door} Door */

const SIGNS = { ok: "check-lg", warn: "exclamation-triangle", bad: "x-lg", none: "arrow-repeat" };
const REASON = "door-reason";

/** Words for why not. @param {string} code @param {string} [message] of the server, for a code without words here */
export const reasonText = (code, message = code) => (has(`staff.doorReason.${code}`) ? t(`staff.doorReason.${code}`) : message);

/** @param {Door} door @param {any[]} showtimes of the day, which offline answers name by id */
export function answerSheet(door, showtimes) {
  /** What a supervisor is about to do to which answer. */
  const asking = state(/** @type {{what: "undo" | "override", of: Answer} | null} */ (null));
  const fault = state("");
  const ask = (/** @type {"undo" | "override"} */ what, /** @type {Answer} */ of) => {
    asking.value = { what, of };
    fault.value = "";
    requestAnimationFrame(() => document.getElementById(REASON)?.focus());
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const reason = /** @type {HTMLInputElement} */ (document.getElementById(REASON)).value;
    const { what, of } = /** @type {NonNullable<typeof asking.value>} */ (asking.value);
    try {
      const refusal = what === "undo" ? await door.undo(/** @type {string} */ (of.ticketId), reason) : await door.override(reason);
      fault.value = refusal ? refusalText(refusal) : "";
      if (refusal) return;
      asking.value = null;
      if (what === "undo") toast(t("staff.door.undone"));
    } catch (error) {
      fault.value = failureText(error);
    }
  };
  return {
    template() {
      const answer = door.answer.value;
      const asked = asking.value?.of === answer ? asking.value : null;
      return html`<div role="alert" id="door-answer">${answer ? sheet(answer, showtimes) : nothing}</div>
        ${answer
          ? html`<div class="door-below ${answer.verdict}">
              ${asked
                ? html`<form class="door-reason" @submit=${submit}>
                    <label for=${REASON}>${t("staff.door.reason")}</label>
                    <input class="form-control" id=${REASON} maxlength="200" required autocomplete="off" aria-describedby="${REASON}-fault" />
                    <p class="fault" id="${REASON}-fault" role="status">${fault.value}</p>
                    <button class="btn btn-primary" type="submit">${t(`staff.door.${asked.what}`)}</button>
                  </form>`
                : supervisor(answer, ask)}
              <button class="btn btn-quiet" type="button" @click=${door.close}>${t("action.close")}</button>
            </div>`
          : nothing}`;
    },
  };
}

/** What a manager may do about it; absent for others. @param {Answer} answer @param {(what: "undo" | "override", of: Answer) => void} ask */
function supervisor(answer, ask) {
  if (!atLeast("MANAGER")) return nothing;
  if (answer.reason === "ADMITTED" && answer.confirmed) return html`<button class="btn btn-quiet" type="button" @click=${() => ask("undo", answer)}>${t("staff.door.undo")}</button>`;
  return isOverridable(answer) ? html`<button class="btn btn-quiet" type="button" @click=${() => ask("override", answer)}>${t("staff.door.override")}</button>` : nothing;
}

/** @param {Answer} answer @param {any[]} showtimes */
function sheet(answer, showtimes) {
  const show = answer.show ?? showtimes.find(({ id }) => id === answer.showtimeId);
  const { heading, text } = wordsOf(answer, show);
  return html`
    <div class="door-answer ${answer.verdict}">
      ${icon(SIGNS[answer.verdict])}
      <p class="door-word">${t(`staff.doorVerdict.${answer.verdict}`)}</p>
      <p class="door-heading">${heading}</p>
      ${text.map((line) => html`<p class="door-text">${line}</p>`)}
      ${answer.verdict === "ok" && !answer.confirmed ? html`<p class="door-text"><strong>${t("staff.door.unconfirmed")}</strong></p>` : nothing}
    </div>
  `;
}

/** @param {Answer} answer @param {import("../domain/door.js").Show | undefined} show @returns {{heading: string, text: string[]}} */
function wordsOf(answer, show) {
  const where = show ? `${show.movieTitle} · ${show.auditoriumName} · ${showtimeText(show.startsAt, show.timeZone, formatLocale())}` : "";
  const kind = answer.ticketType ? t(`ticketType.${answer.ticketType}`) : "";
  const others = answer.others?.length ? t("staff.door.others", { seats: answer.others.join(", ") }) : "";
  if (answer.reason === "ADMITTED") return { heading: [show?.auditoriumName, answer.seatId].filter(Boolean).join(", "), text: lines(kind, where, others) };
  if (answer.reason === "TICKET_ALREADY_USED" && answer.usedAt) {
    const time = clockText(answer.usedAt, show?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, formatLocale());
    return { heading: t("staff.door.since", { when: [time, answer.door].filter(Boolean).join(", ") }), text: lines(answer.seatId ?? "", where) };
  }
  return { heading: reasonText(answer.reason, answer.message), text: lines(answer.reason === "NO_ANSWER" ? (answer.message ?? "") : where) };
}

/** @param {...string} texts */
const lines = (...texts) => texts.filter(Boolean);
