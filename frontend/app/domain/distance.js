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

const POINTS = /** @type {const} */ (["n", "ne", "e", "se", "s", "sw", "w", "nw"]);

/** The point of the compass, of eight, in which `to` lies from `from` (initial bearing of the great circle). @param {Point} from @param {Point} to */
export function directionOf(from, to) {
  const rad = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;
  const across = rad(to.longitude - from.longitude);
  const y = Math.sin(across) * Math.cos(rad(to.latitude));
  const x = Math.cos(rad(from.latitude)) * Math.sin(rad(to.latitude)) - Math.sin(rad(from.latitude)) * Math.cos(rad(to.latitude)) * Math.cos(across);
  const turn = (Math.atan2(y, x) / (2 * Math.PI) + 1) % 1;
  return POINTS[Math.round(turn * 8) % 8];
}

/**
 * Places on a plane, north up, one scale both ways (equirectangular about the middle latitude), within 0…width × 0…height.
 * @template {Point} P @param {P[]} places @param {{width: number, height: number, margin: number}} plane
 * @returns {{place: P, x: number, y: number}[]}
 */
export function projected(places, { width, height, margin }) {
  if (!places.length) return [];
  const middle = (/** @type {number[]} */ values) => (Math.min(...values) + Math.max(...values)) / 2;
  const latitude = middle(places.map((place) => place.latitude));
  const longitude = middle(places.map((place) => place.longitude));
  const narrowing = Math.cos((latitude * Math.PI) / 180);
  const flat = places.map((place) => ({ place, east: (place.longitude - longitude) * narrowing, north: place.latitude - latitude }));
  const reach = (/** @type {number[]} */ values) => Math.max(...values.map(Math.abs), 1e-6);
  const scale = Math.min((width / 2 - margin) / reach(flat.map(({ east }) => east)), (height / 2 - margin) / reach(flat.map(({ north }) => north)));
  return flat.map(({ place, east, north }) => ({ place, x: width / 2 + east * scale, y: height / 2 - north * scale }));
}
