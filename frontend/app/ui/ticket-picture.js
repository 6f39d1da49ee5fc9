// @ts-check
/** A ticket as a picture to hand to a friend: drawn here, sent by whoever the person chooses, never by us. */
import { squaresOf } from "./qr.js";

const WIDTH = 720;
const SQUARE_PX = 480;
const QUIET_ZONE = 4;
const LINE_PX = 44;
const MARGIN = 60;

/**
 * @param {{payload: string, lines: string[], text: string, name: string}} ticket payload: of the code; text: told beside the picture
 * @returns {Promise<boolean>} false when the picture could not be made; declining to share is no failure
 */
export async function handOver({ payload, lines, text, name }) {
  const blob = await pictureOf(payload, lines);
  if (!blob) return false;
  const file = new File([blob], name, { type: "image/png" });
  if (navigator.canShare?.({ files: [file] })) await navigator.share({ files: [file], text }).catch(() => undefined);
  else save(blob, name);
  return true;
}

/** @param {string} payload @param {string[]} lines @returns {Promise<Blob | null>} */
function pictureOf(payload, lines) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = 2 * MARGIN + SQUARE_PX + (lines.length + 1) * LINE_PX;
  const paper = canvas.getContext("2d");
  if (!paper) return Promise.resolve(null);
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.fillStyle = "#000";
  const { count, isDark } = squaresOf(payload);
  const size = Math.floor(SQUARE_PX / (count + 2 * QUIET_ZONE));
  const left = Math.round((WIDTH - count * size) / 2);
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (isDark(row, column)) paper.fillRect(left + column * size, MARGIN + row * size, size, size);
    }
  }
  paper.textAlign = "center";
  lines.forEach((line, index) => {
    paper.font = `${index === 0 ? "700 34px" : "26px"} system-ui, sans-serif`;
    paper.fillText(line, WIDTH / 2, MARGIN + SQUARE_PX + (index + 1) * LINE_PX, WIDTH - 2 * MARGIN);
  });
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
