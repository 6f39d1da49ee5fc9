// @ts-check
/** Where cinemas lie, as a schematic picture: no map is fetched, so nobody learns where the person is. */
import { t } from "../core/i18n.js";
import { projected } from "../domain/distance.js";
import { html, nothing, svg } from "./html.js";

const WIDTH = 640;
const HEIGHT = 300;
const MARGIN = 56;
/** Names nearer to each other than this would lie over one another: only the first is written. */
const LINE = 26;
const REACH = 190;
/** A name in the middle over its pin would leave the picture here. */
const EDGE = 120;

/** @typedef {import("../domain/distance.js").Point} Point */

/** @param {{name: string, location: Point}[]} cinemas nearest first @param {Point | null} here where the person is */
export function pins(cinemas, here) {
  const places = [...(here ? [{ ...here, name: t("cinemas.you"), isHere: true }] : []), ...cinemas.map(({ name, location }) => ({ ...location, name, isHere: false }))];
  if (places.length < 2) return nothing;
  const spots = projected(places, { width: WIDTH, height: HEIGHT, margin: MARGIN });
  /** @type {typeof spots} */
  const named = [];
  for (const spot of spots) {
    if (named.every((other) => Math.abs(other.y - spot.y) > LINE || Math.abs(other.x - spot.x) > REACH)) named.push(spot);
  }
  return html`
    <svg class="pins" id="pins" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t("cinemas.picture")}>
      <path class="north" d="M20 34V14M14 20L20 12L26 20"></path>
      <text x="20" y="50" text-anchor="middle">${t("cinemas.north")}</text>
      ${spots.map(
        (spot) => svg`<circle class=${spot.place.isHere ? "you" : "pin"} cx=${spot.x.toFixed(1)} cy=${spot.y.toFixed(1)} r=${spot.place.isHere ? 9 : 6}></circle>
          ${named.includes(spot) ? svg`<text x=${spot.x.toFixed(1)} y=${(spot.y + (spot.y < 40 ? 24 : -12)).toFixed(1)} text-anchor=${anchorAt(spot.x)}>${spot.place.name}</text>` : nothing}`,
      )}
    </svg>
  `;
}

/** @param {number} x */
const anchorAt = (x) => (x < EDGE ? "start" : x > WIDTH - EDGE ? "end" : "middle");
