// @ts-check
const EARTH_RADIUS_KM = 6371;

/** @typedef {{latitude: number, longitude: number}} Point */

/** Great-circle distance in kilometres (haversine). @param {Point} from @param {Point} to */
export function distanceKm(from, to) {
  const rad = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;
  const a =
    Math.sin(rad(to.latitude - from.latitude) / 2) ** 2 +
    Math.cos(rad(from.latitude)) * Math.cos(rad(to.latitude)) * Math.sin(rad(to.longitude - from.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(a));
}
