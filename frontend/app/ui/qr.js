// @ts-check
// @ts-expect-error its types describe a global, not this module
import qrcode from "../../vendor/qrcode-generator/qrcode.js";
import { html } from "./html.js";

const QUIET_ZONE = 4;

/** The dark squares of a QR code. @param {string} text @returns {{count: number, isDark: (row: number, column: number) => boolean}} */
export function squaresOf(text) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  return { count: code.getModuleCount(), isDark: (row, column) => code.isDark(row, column) };
}

/**
 * A QR code as one SVG path: dark on white in every theme, since readers want it so.
 * @param {string} text @param {string} label
 */
export function qr(text, label) {
  const code = squaresOf(text);
  const { count } = code;
  const side = count + 2 * QUIET_ZONE;
  let path = "";
  for (let y = 0; y < count; y += 1) {
    for (let x = 0; x < count; x += 1) {
      let run = 0;
      while (x + run < count && code.isDark(y, x + run)) run += 1;
      if (run) path += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h${run}v1h-${run}z`;
      x += run;
    }
  }
  return html`
    <svg class="qr" viewBox="0 0 ${side} ${side}" role="img" aria-label=${label} shape-rendering="crispEdges">
      <rect width=${side} height=${side} fill="#fff"></rect>
      <path d=${path} fill="#000"></path>
    </svg>
  `;
}
