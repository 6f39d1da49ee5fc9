// @ts-check
/** What stands on the door's page below the answer: codes, camera, counts, and what waits for the server. */
import { formatLocale, t } from "../../core/i18n.js";
import { clockText } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { icon } from "../ui/icon.js";
import { reasonText } from "./check-in-answer.js";

/** @typedef {ReturnType<typeof import("../door/door.js").createDoor>} Door */
/** @template T @typedef {import("../../../vendor/signals-core/signals-core.js").Signal<T>} Signal */

/** In and expected, of the showtime at this door or of all that lists were taken of. @param {Door} door @param {string} wanted */
export function countsLine(door, wanted) {
  const lists = door.lists.value.filter(({ showtimeId }) => !wanted || showtimeId === wanted);
  const waiting = door.queue.value.filter(({ showtimeId }) => !wanted || showtimeId === wanted).length;
  const sum = (/** @type {(list: import("../domain/door.js").DoorList) => number} */ of) => lists.reduce((all, list) => all + of(list), 0);
  return html`<span id="door-line" role="status">
    ${door.online.value ? html`<span class="tag ok">${t("staff.door.online")}</span>` : html`<span class="tag warn">${t("staff.door.offline")}</span>`}
    ${lists.length ? html`<strong class="figures" id="door-counts">${t("staff.door.counts", { inside: sum((list) => list.checkedIn) + waiting, expected: sum((list) => list.expected) })}</strong>` : nothing}
  </span>`;
}

/**
 * @param {{door: Door, showtimes: any[], wanted: Signal<string>, name: Signal<string>, onShowtime: (id: string) => void, onName: (text: string) => void}} parts
 */
export function codeForm({ door, showtimes, wanted, name, onShowtime, onName }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (document.getElementById("code"));
    void door.show(input.value).then(() => input.select());
  };
  const value = (/** @type {Event} */ event) => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
  return html`
    <form class="card-plain" @submit=${submit}>
      <div class="field-grid">
        <div class="field">
          <label for="check-in-showtime">${t("staff.checkIn.showtime")}</label>
          <select class="form-select" id="check-in-showtime" @change=${(/** @type {Event} */ event) => onShowtime(value(event))}>
            <option value="" ?selected=${!wanted.value}>${t("staff.checkIn.anyShowtime")}</option>
            ${showtimes.map((each) => html`<option value=${each.id} ?selected=${each.id === wanted.value}>${clockText(each.startsAt, each.timeZone, formatLocale())} ${each.movieTitle} · ${each.auditoriumName}</option>`)}
          </select>
        </div>
        <div class="field">
          <label for="door-name">${t("staff.door.name")}</label>
          <input class="form-control" id="door-name" maxlength="64" autocomplete="off" .value=${name.value} @change=${(/** @type {Event} */ event) => onName(value(event))} />
        </div>
      </div>
      <label class="fw-semibold mb-1" for="code">${t("staff.checkIn.code")}</label>
      <p class="muted small-text mb-1" id="code-hint">${t("staff.checkIn.hint")}</p>
      <div class="with-button">
        <input class="form-control form-control-lg" id="code" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="code-hint" @input=${door.close} />
        <button class="btn btn-primary" type="submit" aria-disabled=${door.busy.value ? "true" : nothing}>${t("staff.checkIn.submit")}</button>
      </div>
    </form>
  `;
}

/** @param {ReturnType<typeof import("../door/camera.js").createCamera>} camera */
export function cameraPart(camera) {
  const video = () => /** @type {HTMLVideoElement} */ (document.getElementById("door-video"));
  const status = camera.status.value;
  const runs = status === "on" || status === "starting";
  return html`
    <section class="card-plain door-camera" aria-labelledby="door-camera">
      <h2 id="door-camera">${t("staff.door.camera")}</h2>
      <video id="door-video" muted playsinline ?hidden=${!runs} aria-label=${t("staff.door.picture")}></video>
      ${status === "refused" ? notice("warn", html`<p>${t("staff.door.cameraRefused")}</p>`, { role: "status" }) : nothing}
      ${status === "none" ? notice("info", html`<p>${t("staff.door.cameraNone")}</p>`, { role: "status" }) : nothing}
      <div class="detail-actions">
        ${runs
          ? html`<button class="btn btn-quiet" type="button" @click=${camera.stop}>${icon("pause-fill")} ${t("staff.door.cameraStop")}</button>`
          : html`<button class="btn btn-primary" type="button" @click=${() => camera.start(video())}>${icon("camera")} ${t("staff.door.cameraStart")}</button>`}
        ${runs && camera.torch.value !== null
          ? html`<button class="btn btn-quiet" type="button" aria-pressed=${camera.torch.value ? "true" : "false"} @click=${camera.switchTorch}>${icon("lightning-charge")} ${t("staff.door.torch")}</button>`
          : nothing}
        ${runs && camera.lenses.value.length > 1
          ? html`<label class="visually-hidden-text" for="door-lens">${t("staff.door.lens")}</label>
              <select class="form-select w-auto" id="door-lens" @change=${(/** @type {Event} */ event) => camera.start(video(), /** @type {HTMLSelectElement} */ (event.target).value)}>
                ${camera.lenses.value.map(({ id, label }) => html`<option value=${id} ?selected=${id === camera.chosen.value}>${label}</option>`)}
              </select>`
          : nothing}
      </div>
    </section>
  `;
}

/** Lists that were not signed by the house, admissions that wait, and those that turned out wrong. @param {Door} door */
export function waitingPart(door) {
  const queue = door.queue.value;
  const conflicts = door.conflicts.value;
  return html`
    <div id="door-waiting" role="status">
      ${door.badLists.value.length ? notice("bad", html`<p>${t("staff.door.badList")}</p>`) : nothing}
      ${queue.length
        ? notice("warn", html`<p><strong>${t("staff.door.waiting", { count: queue.length })}</strong></p><p class="mb-0">${queue.map(({ seatId }) => seatId).join(", ")}</p>`)
        : nothing}
      ${conflicts.length
        ? notice("bad", html`
            <h2>${t("staff.door.conflicts", { count: conflicts.length })}</h2>
            <ul>${conflicts.map((each) => html`<li><strong>${each.queued.seatId}</strong>: ${conflictText(each)}</li>`)}</ul>
            <p class="mb-0"><button class="btn btn-quiet btn-sm" type="button" @click=${door.seen}>${t("staff.door.conflictsSeen")}</button></p>`)
        : nothing}
    </div>
  `;
}

/** @param {import("../door/door.js").Conflict} conflict */
function conflictText({ code, usedAt, door, queued }) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const time = (/** @type {string} */ at) => clockText(at, zone, formatLocale());
  if (code !== "TICKET_ALREADY_USED" || !usedAt) return reasonText(code);
  return t("staff.door.conflict", { here: time(queued.at), there: [time(usedAt), door].filter(Boolean).join(", ") });
}
