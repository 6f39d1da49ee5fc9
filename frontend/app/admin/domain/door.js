// @ts-check
/** The door's rules: what was shown, what it means, and what may be said without a connection. Pure. */

/**
 * @typedef {{id: string, code: string, seatId: string, ticketType: string, status: string, usedAt: string | null, door: string | null}} DoorTicket
 * @typedef {{showtimeId: string, at: string, expected: number, checkedIn: number, tickets: DoorTicket[], signature: string}} DoorList
 * @typedef {{t: string, r: string, s: string, p: string, y: string}} Claims of a ticket: ticket, reference, showtime, seat, type
 * @typedef {{key: string, showtimeId: string, ticketId: string, seatId: string, at: string, door: string | null, qrPayload: string | null, code: string | null, owner: string}} Queued
 * @typedef {{verdict: "ok" | "warn" | "bad" | "none", reason: string, seatId?: string, ticketType?: string, showtimeId?: string, ticketId?: string,
 *   usedAt?: string | null, door?: string | null, confirmed: boolean, message?: string, show?: Show, others?: string[]}} Answer
 *   reason: ADMITTED or a refusal's code; confirmed: by the server; others: seats of the same booking that are not in yet
 * @typedef {{id: string, movieTitle: string, auditoriumName: string, timeZone: string, startsAt: string}} Show
 */

/** What a scanner reads out of a QR code is long and has dots; codes that people type are short. */
const PREFIX = "LC1.";
const LIST_FORM = "LCL1";
/** Refused here and now, but perhaps a good ticket: another screen, another hour, sold since the list was made. */
const AMBER = new Set(["WRONG_SHOWTIME", "TOO_EARLY", "NOT_ON_THE_LIST"]);
/** What a supervisor may let in all the same; never a void or an unknown ticket. */
const OVERRIDABLE = new Set(["WRONG_SHOWTIME", "TOO_EARLY", "TICKET_ALREADY_USED"]);

/** @param {string} text typed, scanned or seen @returns {{qrPayload: string, code: null} | {qrPayload: null, code: string}} */
export function shownAs(text) {
  const plain = text.trim();
  return plain.startsWith(PREFIX) || plain.length > 24 ? { qrPayload: plain, code: null } : { qrPayload: null, code: plain };
}

/** @param {string} reason @returns {Answer["verdict"]} */
export const verdictOf = (reason) => (reason === "ADMITTED" ? "ok" : AMBER.has(reason) ? "warn" : reason === "NO_ANSWER" ? "none" : "bad");

/** @param {Answer} answer */
export const isOverridable = (answer) => answer.confirmed && OVERRIDABLE.has(answer.reason);

/** The server's answer to a scan. @param {any} payload of checkInTicket or overrideCheckIn @returns {Answer} */
export function answerOf({ ticket, booking, userErrors }) {
  const reason = userErrors[0]?.code ?? "ADMITTED";
  return {
    verdict: verdictOf(reason),
    reason,
    ticketId: ticket?.id,
    seatId: ticket?.seat.id,
    ticketType: ticket?.ticketType,
    showtimeId: booking?.showtime.id,
    usedAt: ticket?.usedAt ?? null,
    door: ticket?.door ?? null,
    message: userErrors[0]?.message,
    show: booking?.showtime,
    others: (booking?.tickets ?? []).filter((/** @type {any} */ each) => each.status === "VALID" && each.id !== ticket?.id).map((/** @type {any} */ each) => each.seat.id),
    confirmed: true,
  };
}

/** What the signature of a list covers. @param {DoorList} list @returns {string} */
export const signedText = ({ showtimeId, at, tickets }) =>
  [LIST_FORM, showtimeId, at, ...tickets.map(({ id, code, seatId, ticketType, status }) => `${id} ${code} ${seatId} ${ticketType} ${status}`)].join("\n");

/**
 * A ticket's signed text in its parts, not verified yet.
 * @param {string} text @returns {{signed: string, key: string, claims: Claims, signature: Uint8Array<ArrayBuffer>} | null} null for anything else
 */
export function partsOfTicket(text) {
  const [prefix, key, body, signature, ...rest] = text.trim().split(".");
  if (prefix !== "LC1" || !key || !body || !signature || rest.length) return null;
  try {
    return { signed: `${prefix}.${key}.${body}`, key, claims: JSON.parse(new TextDecoder().decode(bytesOf(body))), signature: bytesOf(signature) };
  } catch {
    return null;
  }
}

/** @param {string} base64url @returns {Uint8Array<ArrayBuffer>} @throws {DOMException} for anything else */
export function bytesOf(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Codes are compared as the server does: letters and digits, in capitals. @param {string} code */
const bare = (code) => code.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");

/**
 * The offline list's answer. What was let in here since counts as in.
 * @param {{lists: DoorList[], queue: Queued[], wanted: string | null}} known lists: verified; wanted: the showtime at this door
 * @param {{qrPayload: string | null, code: string | null}} shown @param {Claims | null} claims of a text whose signature is good
 * @returns {Answer}
 */
export function offlineAnswer({ lists, queue, wanted }, shown, claims) {
  if (shown.qrPayload && !claims) return refused("TICKET_INVALID");
  if (!lists.length) return refused("NO_ANSWER");
  const found = lists.flatMap((list) => list.tickets.map((ticket) => ({ list, ticket }))).find(({ ticket }) => (claims ? ticket.id === claims.t : bare(ticket.code) === bare(shown.code ?? "")));
  if (!found) {
    // A good signature on a ticket of another showtime: of ours, but not for this door.
    if (claims && wanted && claims.s !== wanted) return refused("WRONG_SHOWTIME", { seatId: claims.p, ticketType: claims.y, showtimeId: claims.s });
    // Sold after the list was made, or cancelled before: nobody here can tell.
    return claims && !lists.some((list) => list.showtimeId === claims.s) ? refused("NO_ANSWER") : refused("NOT_ON_THE_LIST", claims ? { seatId: claims.p, ticketType: claims.y, showtimeId: claims.s } : {});
  }
  const { list, ticket } = found;
  const about = { ticketId: ticket.id, seatId: ticket.seatId, ticketType: ticket.ticketType, showtimeId: list.showtimeId };
  if (wanted && list.showtimeId !== wanted) return refused("WRONG_SHOWTIME", about);
  const here = queue.find(({ ticketId }) => ticketId === ticket.id);
  if (here) return refused("TICKET_ALREADY_USED", { ...about, usedAt: here.at, door: here.door });
  if (ticket.status !== "VALID") return refused("TICKET_ALREADY_USED", { ...about, usedAt: ticket.usedAt, door: ticket.door });
  return { verdict: "ok", reason: "ADMITTED", ...about, confirmed: false };
}

/** @param {string} reason @param {Partial<Answer>} [about] @returns {Answer} */
const refused = (reason, about = {}) => ({ verdict: verdictOf(reason), reason, ...about, confirmed: false });

/**
 * What became of the queue once it was handed in: done leaves it, conflicts are shown until somebody has seen them.
 * @param {Queued[]} sent in the order of the call @param {{index: number, outcome: string, code: string | null, usedAt: string | null, door: string | null}[]} results
 * @returns {{done: string[], conflicts: {queued: Queued, code: string, usedAt: string | null, door: string | null}[]}} done: keys
 */
export function settled(sent, results) {
  const known = results.filter(({ index }) => sent[index]);
  return {
    done: known.map(({ index }) => sent[index].key),
    conflicts: known
      .filter(({ outcome }) => outcome === "CONFLICT" || outcome === "REFUSED")
      .map(({ index, code, usedAt, door }) => ({ queued: sent[index], code: code ?? "TICKET_ALREADY_USED", usedAt, door })),
  };
}

/** Queued admissions by showtime, oldest first: each showtime is handed in by itself. @param {Queued[]} queue @param {number} most at once @returns {Queued[][]} */
export function parcels(queue, most = 500) {
  /** @type {Map<string, Queued[]>} */
  const byShow = new Map();
  for (const one of [...queue].sort((a, b) => a.at.localeCompare(b.at))) byShow.set(one.showtimeId, [...(byShow.get(one.showtimeId) ?? []), one]);
  return [...byShow.values()].flatMap((all) => Array.from({ length: Math.ceil(all.length / most) }, (_, part) => all.slice(part * most, (part + 1) * most)));
}
