// @ts-check
/** What a click on a block opens: another time or room by form, publishing, cancelling. */
import { failureText, missing, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { formatLocale, t } from "../../core/i18n.js";
import { batch, state } from "../../core/state.js";
import { calendarDay, clockText, instantOf, rfc3339, showtimeText } from "../../domain/times.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { instantAt } from "../domain/timeline.js";
import { CancelShowtime, PublishShowtimes } from "../operations/programme.js";
import { saved } from "../ui/saved.js";
import { reschedule, sold } from "./timeline.js";

const DIALOG = "showtime-form";

/** @typedef {ReturnType<typeof showtimeForm>} ShowtimeForm */

/** @param {() => Promise<unknown>} again after a change: asks for the day anew @param {() => void} leave closed without a change */
export function showtimeForm(again, leave) {
  const about = state(/** @type {any} */ (null));
  const fault = state(/** @type {string | null} */ (null));
  const busy = state(false);
  /** @param {() => Promise<string | null>} act answers why not @returns {Promise<void>} */
  const carryOut = async (act) => {
    if (busy.value) return;
    busy.value = true;
    try {
      fault.value = await act();
      if (fault.value) return;
      closeDialog(DIALOG);
      await again();
    } catch (error) {
      fault.value = failureText(error);
    } finally {
      busy.value = false;
    }
  };
  return {
    about,
    fault,
    busy,
    carryOut,
    leave,
    /** @param {any} showtime @param {{startsAt: string, room: string}} proposed */
    open(showtime, proposed) {
      batch(() => {
        fault.value = null;
        about.value = { showtime, proposed };
      });
      openDialog(DIALOG);
    },
  };
}

/** Where a draft would put a showtime. @param {any} showtime @param {{start: number, room: string} | null} draft @param {string} from of the day */
export const proposal = (showtime, draft, from) =>
  draft ? { startsAt: rfc3339(instantAt(from, draft.start)), room: draft.room } : { startsAt: showtime.startsAt, room: showtime.auditorium?.id };

/** @param {ShowtimeForm} form @param {{id: string, name: string}[]} rooms */
export function showtimeFormView(form, rooms) {
  const { about, fault, leave } = form;
  const close = () => {
    about.value = null;
    leave();
  };
  return dialog({
    id: DIALOG,
    heading: about.value?.showtime.movieTitle ?? t("staff.timeline.label"),
    onClose: close,
    content: about.value
      ? html`
          <p class="muted">${showtimeText(about.value.showtime.startsAt, about.value.showtime.timeZone, formatLocale())} · ${about.value.showtime.auditoriumName} · ${t(`showtimeStatus.${about.value.showtime.status}`)}</p>
          ${fault.value ? notice("bad", html`<p>${fault.value}</p>`, { role: "alert" }) : nothing}
          ${moving(form, rooms)}
          ${about.value.showtime.status === "CANCELLED" ? nothing : cancelling(form)}
          <div class="actions">
            ${about.value.showtime.status === "DRAFT" ? html`<button class="btn btn-primary" type="button" @click=${() => form.carryOut(() => publish([about.value.showtime.id]))}>${t("staff.showtimes.publish")}</button>` : nothing}
            <a class="btn btn-quiet" href="/showtimes/${about.value.showtime.id}">${t("staff.timeline.page")}</a>
            <button class="btn btn-quiet" type="button" @click=${() => closeDialog(DIALOG)}>${t("action.close")}</button>
          </div>
        `
      : nothing,
  });
}

/** @param {ShowtimeForm} form @param {{id: string, name: string}[]} rooms */
function moving(form, rooms) {
  const { showtime, proposed } = form.about.value;
  const zone = showtime.timeZone;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))));
    const [lacking] = missing(values, { day: t("staff.schedule.day"), time: t("staff.schedule.time") });
    if (lacking) form.fault.value = lacking.message;
    else void form.carryOut(() => reschedule(showtime, rfc3339(instantOf(values.day, values.time, zone)), values.room));
  };
  return html`<form @submit=${submit} novalidate>
    ${sold(showtime) ? notice("warn", html`<p>${t("staff.timeline.sold", { count: sold(showtime) })}</p>`) : nothing}
    <div class="field-grid">
      <div class="field"><label for="move-day">${t("staff.schedule.day")}</label><input class="form-control" id="move-day" name="day" type="date" .value=${calendarDay(proposed.startsAt, zone)} /></div>
      <div class="field"><label for="move-time">${t("staff.schedule.time")}</label><input class="form-control" id="move-time" name="time" type="time" .value=${clockText(proposed.startsAt, zone, "en-GB")} /></div>
      <div class="field"><label for="move-room">${t("staff.word.auditorium")}</label>
        <select class="form-select" id="move-room" name="room">${rooms.map(({ id, name }) => html`<option value=${id} ?selected=${id === proposed.room} .selected=${id === proposed.room}>${name}</option>`)}</select></div>
    </div>
    <p><button class="btn btn-primary" type="submit" aria-disabled=${form.busy.value ? "true" : nothing}>${t("staff.timeline.move")}</button></p>
  </form>`;
}

/** @param {ShowtimeForm} form */
function cancelling(form) {
  const { id } = form.about.value.showtime;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("reason")).trim();
    if (!reason) form.fault.value = t("form.missing", { label: t("staff.payment.reason") });
    else void form.carryOut(() => cancel(id, reason));
  };
  return html`<details class="mb-3"><summary>${t("staff.timeline.cancel")}</summary>
    <form class="mt-2" @submit=${submit} novalidate>
      <p>${t("staff.timeline.cancelText")}</p>
      <div class="field"><label for="cancel-showtime">${t("staff.payment.reason")}</label><input class="form-control" id="cancel-showtime" name="reason" maxlength="200" autocomplete="off" /></div>
      <button class="btn btn-danger-quiet" type="submit">${t("staff.timeline.cancelNow")}</button>
    </form>
  </details>`;
}

/** @param {string} id @param {string} reason */
async function cancel(id, reason) {
  const { userErrors } = (await gql(CancelShowtime, { id, reason })).cancelShowtime;
  if (userErrors.length) return refusalText(userErrors[0]);
  saved(t("staff.timeline.cancelled"), { object: { type: "Showtime", id } });
  return null;
}

/** @param {string[]} ids @returns {Promise<string | null>} why not */
export async function publish(ids) {
  const { userErrors } = (await gql(PublishShowtimes, { ids })).publishShowtimes;
  if (userErrors.length) return refusalText(userErrors[0]);
  saved(t("staff.showtimes.published"), { object: { type: "Showtime", id: ids[0] } });
  return null;
}
