// @ts-check
/** A film's poster: what guests see now, a picture chosen but not sent yet, and the drawn one where there is none. */
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { uploadFile } from "../../core/upload.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { poster } from "../../ui/poster.js";
import { CreatePosterUpload, RemovePoster } from "../operations/movies.js";
import { icon } from "../ui/icon.js";
import { saved } from "../ui/saved.js";

const TYPES = ["image/png", "image/jpeg", "image/webp"];
const MOST_BYTES = 5 * 1024 * 1024;

/** @typedef {import("../../../vendor/signals-core/signals-core.js").Signal<any>} MovieSignal */

/** Whether a picture was uploaded: the drawn one is an SVG. @param {string | null} url */
const isUploaded = (url) => Boolean(url) && !new URL(/** @type {string} */ (url), window.location.href).pathname.endsWith(".svg");

/** @param {MovieSignal} movie */
export function posterPart(movie) {
  const chosen = state(/** @type {{file: File, url: string} | null} */ (null));
  const fault = state(/** @type {string | null} */ (null));
  const busy = state(false);
  const choose = (/** @type {File | null | undefined} */ file) => {
    if (chosen.value) URL.revokeObjectURL(chosen.value.url);
    const isGood = file && TYPES.includes(file.type) && file.size <= MOST_BYTES;
    fault.value = file && !isGood ? t("staff.poster.bad") : null;
    chosen.value = file && isGood ? { file, url: URL.createObjectURL(file) } : null;
  };
  const run = async (/** @type {() => Promise<string | null>} */ work, /** @type {string} */ done) => {
    if (busy.value) return;
    busy.value = true;
    try {
      fault.value = await work();
      if (fault.value === null) saved(done, { object: { type: "Movie", id: movie.value.id } });
    } catch (error) {
      fault.value = failureText(error);
    } finally {
      busy.value = false;
    }
  };
  const send = () => run(() => upload(movie, /** @type {{file: File}} */ (chosen.value).file, () => choose(null)), t("staff.poster.saved"));
  const remove = () => run(() => takeAway(movie), t("staff.poster.removed"));
  const dispose = () => choose(null);
  return { dispose, view: () => view(movie.value, { chosen: chosen.value, fault: fault.value, busy: busy.value, choose, send, remove }) };
}

/** @param {MovieSignal} movie @param {File} file @param {() => void} forget @returns {Promise<string | null>} why not */
async function upload(movie, file, forget) {
  const { uploadUrl, userErrors } = (await gql(CreatePosterUpload, { movieId: movie.value.id })).createPosterUpload;
  if (userErrors.length) return refusalText(userErrors[0]);
  const answer = await uploadFile(uploadUrl, file);
  if ("refusal" in answer) return refusalText(answer.refusal);
  movie.value = { ...movie.value, posterUrl: answer.report.posterUrl };
  forget();
  return null;
}

/** @param {MovieSignal} movie @returns {Promise<string | null>} why not */
async function takeAway(movie) {
  const { movie: now, userErrors } = (await gql(RemovePoster, { movieId: movie.value.id })).removePoster;
  if (userErrors.length) return refusalText(userErrors[0]);
  movie.value = { ...movie.value, posterUrl: now.posterUrl };
  return null;
}

/** @param {any} movie @param {{chosen: {url: string} | null, fault: string | null, busy: boolean, choose: (file: File | null | undefined) => void, send: () => unknown, remove: () => unknown}} now */
const view = (movie, { chosen, fault, busy, choose, send, remove }) => html`
  <div class="poster-part">
    <div class="poster-preview">
      ${chosen ? html`<span class="poster"><img src=${chosen.url} alt=${t("staff.poster.new")} width="400" height="600" /></span>` : poster(movie)}
      <p class="muted small-text" id="poster-state">${t(chosen ? "staff.poster.notSent" : isUploaded(movie.posterUrl) ? "staff.poster.own" : "staff.poster.drawn")}</p>
    </div>
    <div class="field"><label for="poster-file">${t("staff.poster.file")}</label>
      <input class="form-control" id="poster-file" type="file" accept=${TYPES.join(",")} aria-describedby="poster-state" @change=${(/** @type {Event} */ event) => choose(/** @type {HTMLInputElement} */ (event.target).files?.[0])} /></div>
    ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
    <div class="detail-actions">
      ${chosen ? html`<button class="btn btn-primary" type="button" aria-disabled=${busy ? "true" : nothing} @click=${send}>${icon("upload")} ${busy ? t("form.busy") : t("staff.poster.send")}</button>` : nothing}
      ${!chosen && isUploaded(movie.posterUrl) ? html`<button class="btn btn-quiet" type="button" aria-disabled=${busy ? "true" : nothing} @click=${remove}>${icon("trash")} ${t("staff.poster.remove")}</button>` : nothing}
    </div>
  </div>
`;
