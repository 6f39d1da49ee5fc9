// @ts-check
/**
 * The door: camera, hand scanner or typed code, yes or no in under a second, over the whole screen. Under /scan it stands
 * alone on the screen, under /admin/check-in in the staff's frame.
 */
import { serverNow } from "../../core/clock.js";
import { isUnanswered } from "../../core/errors.js";
import { t } from "../../core/i18n.js";
import { rememberInAddress } from "../../core/router.js";
import { effect, state } from "../../core/state.js";
import { lasting } from "../../core/storage.js";
import { cinemaDay } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { handScanner, sightings } from "../domain/readers.js";
import { createCamera } from "../door/camera.js";
import { createDoor } from "../door/door.js";
import { allowSound, signal as sound } from "../door/signals.js";
import { staffScope, staffView, switcher } from "../frame.js";
import { dayProgramme } from "../programme.js";
import { withCinema } from "../rail.js";
import { answerSheet } from "./check-in-answer.js";
import { cameraPart, codeForm, countsLine, waitingPart } from "./check-in-parts.js";

const PATH = "/admin/check-in";
const ALONE = "/scan";
const HOUR_MS = 3_600_000;
/** Lists are taken along of what begins or runs around now. */
const BEFORE_MS = 3 * HOUR_MS;
const AHEAD_MS = 4 * HOUR_MS;
const LEFT_OUT = ["DRAFT", "CANCELLED"];

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const showtimes = scope.cinema ? await programmeAtTheDoor(scope.cinema, signal) : [];
  const wanted = state(query.get("showtime") ?? "");
  const name = state(/** @type {string} */ (lasting.get("doorName") ?? ""));
  const quiet = state(Boolean(lasting.get("doorQuiet")));
  const door = createDoor({ showtimes: showtimes.filter(isNear), wanted, name: () => name.value.trim(), onAnswer: ({ verdict }) => sound(verdict, quiet.value) });
  const seen = sightings();
  const camera = createCamera((text) => seen.isNew(text, performance.now()) && void door.show(text));
  const stopReading = readHandScanner((text) => void door.show(text), door.close);
  const sheet = answerSheet(door, showtimes);
  const stopWatching = effect(() => void document.documentElement.classList.toggle("door-answered", door.answer.value !== null));
  void door.open();
  void startIfAllowed(camera);

  const view = staffView({
    path: PATH,
    title: t("staff.nav.checkIn"),
    scope: isAlone() ? undefined : scope,
    lead: () => countsLine(door, wanted.value),
    actions: () => html`
      ${isAlone() ? html`${switcher(scope)} <a class="btn btn-quiet btn-sm" href=${withCinema("/admin")}>${t("staff.frame.navigation")}</a>` : html`<a class="btn btn-quiet btn-sm" href=${withCinema(ALONE)}>${t("staff.door.alone")}</a>`}
      <button class="btn btn-quiet btn-sm" type="button" aria-pressed=${quiet.value ? "false" : "true"} @click=${() => lasting.set("doorQuiet", (quiet.value = !quiet.value))}>${t("staff.door.sound")}</button>
    `,
    content: () => html`
      <div class="door-page">
        ${cameraPart(camera)}
        ${codeForm({ door, showtimes, wanted, name, onShowtime: choose, onName: rename })}
        ${waitingPart(door)}
      </div>
      ${sheet.template()}
    `,
    dispose() {
      stopReading();
      stopWatching();
      document.documentElement.classList.remove("door-answered");
      camera.stop();
      door.dispose();
    },
  });
  /** @param {string} id */
  function choose(id) {
    wanted.value = id;
    rememberInAddress({ showtime: id });
    void door.freshen();
  }
  /** @param {string} text */
  function rename(text) {
    name.value = text;
    lasting.set("doorName", text);
  }
  return isAlone() ? { ...view, frame: { bare: true, bar: () => nothing, rail: () => nothing } } : view;
}

const isAlone = () => window.location.pathname.startsWith(ALONE);

/** @param {any} showtime */
const isNear = ({ startsAt }) => {
  const until = Date.parse(startsAt) - serverNow();
  return until > -BEFORE_MS && until < AHEAD_MS;
};

/** Today's showtimes; as they were told last where nobody answers. @param {import("../frame.js").Cinema} cinema @param {AbortSignal} signal @returns {Promise<any[]>} */
async function programmeAtTheDoor(cinema, signal) {
  const day = cinemaDay(serverNow(), cinema.timeZone);
  try {
    const showtimes = (await dayProgramme(cinema, day, signal)).filter(({ status }) => !LEFT_OUT.includes(status));
    lasting.set("doorProgramme", { cinema: cinema.id, day, showtimes });
    return showtimes;
  } catch (error) {
    const kept = isUnanswered(error) && lasting.get("doorProgramme");
    if (!kept || kept.cinema !== cinema.id || kept.day !== day) throw error;
    return kept.showtimes;
  }
}

/** Who let the camera in once is not asked again. @param {ReturnType<typeof createCamera>} camera */
async function startIfAllowed(camera) {
  const name = /** @type {PermissionName} */ ("camera");
  const permission = await navigator.permissions?.query({ name }).catch(() => null);
  const video = document.getElementById("door-video");
  if (permission?.state === "granted" && video instanceof HTMLVideoElement) await camera.start(video);
}

/**
 * A hand scanner types wherever the focus is: its letters are taken before any field gets them.
 * @param {(text: string) => void} onText @param {() => void} onEscape @returns {() => void} stops it
 */
function readHandScanner(onText, onEscape) {
  const scanner = handScanner();
  /** The field that got the first letters, and what it held before. @type {{field: HTMLInputElement | HTMLSelectElement, value: string} | null} */
  let before = null;
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    allowSound();
    if (event.key === "Escape") return onEscape();
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { first, quick, text } = scanner.key(event.key, event.timeStamp);
    if (first) before = fieldOf(event.target);
    if (quick) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (text === null) return;
    if (before && before.field.value !== before.value) {
      before.field.value = before.value;
      before.field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    onText(text);
  };
  document.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("pointerdown", allowSound);
  return () => {
    document.removeEventListener("keydown", onKey, { capture: true });
    document.removeEventListener("pointerdown", allowSound);
  };
}

/** @param {EventTarget | null} target */
const fieldOf = (target) => (target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? { field: target, value: target.value } : null);
