// @ts-check
/** Yes and no for ears and hands: tones that differ in height, number and length, and patterns of vibration. */

/** Hertz and seconds, one after the other; vibration in milliseconds on, off, on. */
const SIGNALS = {
  ok: { tones: [[880, 0.09], [1320, 0.14]], buzz: [60] },
  warn: { tones: [[520, 0.18], [520, 0.18]], buzz: [120, 80, 120] },
  bad: { tones: [[200, 0.5]], buzz: [400] },
  none: { tones: [[330, 0.1], [330, 0.1], [330, 0.1]], buzz: [60, 60, 60, 60, 60] },
};
const VOLUME = 0.25;
/** @type {AudioContext | null} */
let sound = null;

/** Browsers let a page sound once somebody has touched it: called on each press, costs nothing after the first. */
export function allowSound() {
  if (!("AudioContext" in window)) return;
  sound ??= new AudioContext();
  if (sound.state === "suspended") void sound.resume().catch(() => undefined);
}

/** @param {keyof typeof SIGNALS} verdict @param {boolean} quiet vibrates all the same */
export function signal(verdict, quiet) {
  const { tones, buzz } = SIGNALS[verdict];
  navigator.vibrate?.(buzz);
  if (quiet || !sound || sound.state !== "running") return;
  let at = sound.currentTime;
  for (const [height, length] of tones) {
    const tone = new OscillatorNode(sound, { frequency: height, type: verdict === "bad" ? "square" : "sine" });
    const volume = new GainNode(sound, { gain: VOLUME });
    volume.gain.setTargetAtTime(0, at + length - 0.03, 0.01);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + length);
    at += length + 0.06;
  }
}
