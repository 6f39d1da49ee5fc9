// @ts-check
/**
 * Reads QR codes from a camera: by the browser's own detector where it has one, else by a library that is fetched only
 * then. Pictures never leave the device.
 */
import { state } from "../../core/state.js";

/** @typedef {{id: string, label: string}} Lens */
/** @typedef {"off" | "starting" | "on" | "refused" | "none"} Status refused: by the person or the browser; none: there is no camera */
/** @typedef {(video: HTMLVideoElement) => Promise<string[]>} Reader */

const PAUSE_MS = 80;
/** The library reads slower than it is asked: the middle of a picture, this wide at most. */
const WIDEST = 640;

/** @param {(text: string) => void} onText each time a code is seen, also the same again */
export function createCamera(onText) {
  const status = state(/** @type {Status} */ ("off"));
  const lenses = state(/** @type {Lens[]} */ ([]));
  const torch = state(/** @type {boolean | null} */ (null));
  const chosen = state("");
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {Reader | null} */
  let reader = null;
  let turn = 0;

  const track = () => stream?.getVideoTracks()[0] ?? null;

  function stop() {
    turn += 1;
    for (const each of stream?.getTracks() ?? []) each.stop();
    stream = null;
    torch.value = null;
    if (status.value !== "refused" && status.value !== "none") status.value = "off";
  }

  /** @param {HTMLVideoElement} video @param {string} [lens] */
  async function start(video, lens = chosen.value) {
    stop();
    const own = turn;
    status.value = "starting";
    try {
      const wanted = lens ? { deviceId: { exact: lens } } : { facingMode: "environment" };
      const opened = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, width: { ideal: 1280 } }, audio: false });
      if (own !== turn) return opened.getTracks().forEach((each) => each.stop());
      stream = opened;
      video.srcObject = stream;
      await video.play();
      reader ??= await bestReader();
      await tellOfDevice();
      status.value = "on";
      void look(video, own);
    } catch (error) {
      if (own !== turn) return;
      stop();
      status.value = error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "none";
    }
  }

  /** Names and torch are told only once a camera runs. */
  async function tellOfDevice() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    lenses.value = devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId, label }, index) => ({ id: deviceId, label: label || String(index + 1) }));
    chosen.value = track()?.getSettings().deviceId ?? "";
    const able = /** @type {{torch?: boolean} | undefined} */ (track()?.getCapabilities?.());
    torch.value = able?.torch ? false : null;
  }

  /** @param {HTMLVideoElement} video @param {number} own */
  async function look(video, own) {
    while (own === turn && reader) {
      const texts = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !document.hidden ? await reader(video).catch(() => []) : [];
      if (own === turn) for (const text of texts) onText(text);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  return {
    status, lenses, torch, chosen, start, stop,
    async switchTorch() {
      const wanted = !torch.value;
      try {
        await track()?.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: wanted }] }));
        torch.value = wanted;
      } catch {
        torch.value = null; // told to have one, and refuses: the button goes
      }
    },
  };
}

/** @returns {Promise<Reader>} */
async function bestReader() {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = Detector ? await Detector.getSupportedFormats().catch(() => []) : [];
  if (formats.includes("qr_code")) {
    const detector = new Detector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video)).map((/** @type {{rawValue: string}} */ found) => found.rawValue);
  }
  const { decodeQR } = await import("../../../vendor/qr/decode.js");
  const canvas = document.createElement("canvas");
  const picture = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!picture || !canvas.width) return [];
    picture.drawImage(video, 0, 0, canvas.width, canvas.height);
    return decoded(decodeQR, picture.getImageData(0, 0, canvas.width, canvas.height));
  };
}

/** @param {(image: ImageData) => string} decode throws where there is no code @param {ImageData} image */
function decoded(decode, image) {
  try {
    return [decode(image)];
  } catch {
    return [];
  }
}
