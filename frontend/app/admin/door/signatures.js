// @ts-check
/** The house's public keys, and whether it signed something: tickets and lists, checked without asking anybody. */
import { lasting } from "../../core/storage.js";
import { bytesOf, partsOfTicket, signedText } from "../domain/door.js";

/** @typedef {{kid: string, kty: string, crv: string, x: string}} PublicKey */

const ADDRESS = "/.well-known/tickets.json";
const ALGORITHM = "Ed25519";
/** @type {PublicKey[]} */
let keys = lasting.get("ticketKeys") ?? [];
/** @type {Map<string, Promise<CryptoKey>>} */
const imported = new Map();

/** Fetches the keys anew; those known before stay where nobody answers. @returns {Promise<void>} */
export async function fetchKeys() {
  const answer = await fetch(ADDRESS).catch(() => null);
  if (!answer?.ok) return;
  const published = await answer.json();
  if (!Array.isArray(published.keys) || !published.keys.length) return;
  keys = published.keys;
  imported.clear();
  lasting.set("ticketKeys", keys);
}

/** Whether this browser can check signatures at all. @type {Promise<boolean> | null} */
let able = null;
export const canVerify = () => (able ??= Promise.resolve(crypto.subtle?.importKey("raw", new Uint8Array(32), ALGORITHM, true, ["verify"])).then((key) => Boolean(key), () => false));

/** @param {import("../domain/door.js").DoorList} list @returns {Promise<boolean>} whether the house made this very list */
export async function isGenuine(list) {
  const [kid, signature] = list.signature.split(".");
  return Boolean(kid && signature) && verified(kid, bytesOf(signature), signedText(list));
}

/**
 * What a ticket's text says; null unless the house signed it.
 * @param {string} text @returns {Promise<import("../domain/door.js").Claims | null>}
 */
export async function claimsOf(text) {
  const parts = partsOfTicket(text);
  if (!parts) return null;
  // Where signatures can't be checked the ticket's id has to be on the list, and nobody guesses one.
  if (!(await canVerify())) return parts.claims;
  return (await verified(parts.key, parts.signature, parts.signed)) ? parts.claims : null;
}

/** @param {string} kid @param {Uint8Array<ArrayBuffer>} signature @param {string} text */
async function verified(kid, signature, text) {
  const known = keys.find((key) => key.kid === kid && key.crv === ALGORITHM);
  if (!known) return false;
  try {
    const key = imported.get(kid) ?? crypto.subtle.importKey("raw", bytesOf(known.x), ALGORITHM, true, ["verify"]);
    imported.set(kid, key);
    return await crypto.subtle.verify(ALGORITHM, await key, signature, new TextEncoder().encode(text));
  } catch {
    return false;
  }
}
