import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, bytesOf, isOverridable, offlineAnswer, parcels, partsOfTicket, settled, shownAs, signedText } from "../app/admin/domain/door.js";
import { handScanner, sightings } from "../app/admin/domain/readers.js";
import { claimsOf, fetchKeys, isGenuine } from "../app/admin/door/signatures.js";

const ticket = (id, more = {}) => ({ id, code: `CODE-${id}`, seatId: `F${id}`, ticketType: "ADULT", status: "VALID", usedAt: null, door: null, ...more });
const list = (showtimeId, ...tickets) => ({ showtimeId, at: "2026-11-21T19:00:00+00:00", expected: tickets.length, checkedIn: 0, tickets, signature: "" });
const queued = (ticketId, more = {}) => ({ key: `k${ticketId}`, showtimeId: "s1", ticketId, seatId: "F1", at: "2026-11-21T19:42:00+00:00", door: "Door 2", qrPayload: null, code: `CODE-${ticketId}`, owner: "me", ...more });
const claims = (t, s = "s1") => ({ t, r: "REF", s, p: "F1", y: "ADULT" });
const typed = (code) => ({ qrPayload: null, code });
const scanned = { qrPayload: "LC1.k.b.s", code: null };
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

test("what a QR code holds and what people type are told apart", () => {
  assert.deepEqual(shownAs(" LC1.k.body.sig "), { qrPayload: "LC1.k.body.sig", code: null });
  assert.deepEqual(shownAs("k7qm-2zpx"), { qrPayload: null, code: "k7qm-2zpx" });
  assert.equal(shownAs("https://elsewhere.example/some-other-code").code, null);
});

test("the list lets a ticket in once, by its code as people type it or by its signed text", () => {
  const lists = [list("s1", ticket("1"))];

  const first = offlineAnswer({ lists, queue: [], wanted: "s1" }, typed("code1"), null);
  const again = offlineAnswer({ lists, queue: [queued("1")], wanted: "s1" }, scanned, claims("1"));

  assert.deepEqual([first.verdict, first.reason, first.seatId, first.confirmed], ["ok", "ADMITTED", "F1", false]);
  assert.deepEqual([again.verdict, again.reason, again.usedAt, again.door], ["bad", "TICKET_ALREADY_USED", "2026-11-21T19:42:00+00:00", "Door 2"]);
});

test("who was in when the list was made is in", () => {
  const used = ticket("1", { status: "USED", usedAt: "2026-11-21T19:01:00+00:00", door: "Door 1" });

  const answer = offlineAnswer({ lists: [list("s1", used)], queue: [], wanted: null }, typed("CODE1"), null);

  assert.deepEqual([answer.reason, answer.door], ["TICKET_ALREADY_USED", "Door 1"]);
});

test("without a connection nobody is let in on a bad signature, another showtime, or what no list holds", () => {
  const lists = [list("s1", ticket("1")), list("s2", ticket("2"))];
  const reason = (shown, said, wanted = "s1", known = lists) => offlineAnswer({ lists: known, queue: [], wanted }, shown, said).reason;

  assert.equal(reason(scanned, null), "TICKET_INVALID");
  assert.equal(reason(typed("CODE2"), null), "WRONG_SHOWTIME");
  assert.equal(reason(scanned, claims("9", "s9")), "WRONG_SHOWTIME");
  assert.equal(reason(scanned, claims("9", "s1")), "NOT_ON_THE_LIST");
  assert.equal(reason(typed("NOSUCH"), null), "NOT_ON_THE_LIST");
  assert.equal(reason(scanned, claims("9", "s9"), null), "NO_ANSWER");
  assert.equal(reason(typed("CODE1"), null, null, []), "NO_ANSWER");
});

test("the server's refusal keeps when and by which door, and says whether a supervisor may overrule it", () => {
  const booking = { showtime: { id: "s1" }, tickets: [{ id: "1", status: "USED", seat: { id: "F1" } }, { id: "2", status: "VALID", seat: { id: "F2" } }] };
  const shown = { id: "1", seat: { id: "F1" }, ticketType: "ADULT", usedAt: "2026-11-21T19:42:00+00:00", door: "2" };

  const used = answerOf({ ticket: shown, booking, userErrors: [{ code: "TICKET_ALREADY_USED", message: "" }] });
  const unknown = answerOf({ ticket: null, booking: null, userErrors: [{ code: "TICKET_INVALID", message: "" }] });
  const early = answerOf({ ticket: shown, booking, userErrors: [{ code: "TOO_EARLY", message: "" }] });

  assert.deepEqual([used.verdict, used.door, used.others], ["bad", "2", ["F2"]]);
  assert.deepEqual([early.verdict, answerOf({ ticket: shown, booking, userErrors: [] }).verdict], ["warn", "ok"]);
  assert.deepEqual([used, early, unknown].map(isOverridable), [true, true, false]);
});

test("what was handed in leaves the queue; what turned out wrong is told", () => {
  const sent = [queued("1"), queued("2"), queued("3")];
  const result = (index, outcome, code = null) => ({ index, outcome, code, usedAt: null, door: null });

  const { done, conflicts } = settled(sent, [result(0, "ADMITTED"), result(1, "CONFLICT", "TICKET_ALREADY_USED"), result(2, "REFUSED", "TICKET_VOID")]);

  assert.deepEqual(done, ["k1", "k2", "k3"]);
  assert.deepEqual(conflicts.map(({ queued: one, code }) => [one.key, code]), [["k2", "TICKET_ALREADY_USED"], ["k3", "TICKET_VOID"]]);
  assert.deepEqual(settled(sent, [result(7, "ADMITTED")]), { done: [], conflicts: [] });
});

test("the queue is handed in by showtime, oldest first, and never too much at once", () => {
  const queue = [queued("1", { at: "2" }), queued("2", { showtimeId: "s2", at: "3" }), queued("3", { at: "1" }), queued("4", { at: "4" })];

  assert.deepEqual(parcels(queue, 2).map((part) => part.map(({ key }) => key)), [["k3", "k1"], ["k4"], ["k2"]]);
});

test("signatures of tickets and lists are checked with the published keys, and a changed letter is noticed", async () => {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { x } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const sign = async (text) => base64url(await crypto.subtle.sign("Ed25519", pair.privateKey, new TextEncoder().encode(text)));
  globalThis.fetch = async () => new Response(JSON.stringify({ keys: [{ kid: "k1", kty: "OKP", crv: "Ed25519", x }] }));
  await fetchKeys();
  const body = `LC1.k1.${base64url(JSON.stringify(claims("1")))}`;
  const text = `${body}.${await sign(body)}`;
  const tickets = list("s1", ticket("1"));
  tickets.signature = `k1.${await sign(signedText(tickets))}`;

  assert.deepEqual(await claimsOf(text), claims("1"));
  assert.equal(await claimsOf(text.replace(".k1.", ".k2.")), null);
  assert.equal(await claimsOf(`LC1.k1.${base64url(JSON.stringify(claims("2")))}.${text.split(".")[3]}`), null);
  assert.equal(await isGenuine(tickets), true);
  assert.equal(await isGenuine({ ...tickets, tickets: [ticket("1", { status: "USED" })] }), false);
  assert.equal(await isGenuine({ ...tickets, signature: "" }), false);
});

test("a list is signed in the form that the server signs", () => {
  assert.equal(signedText(list("s1", ticket("1"), ticket("2", { status: "USED" }))), "LCL1\ns1\n2026-11-21T19:00:00+00:00\n1 CODE-1 F1 ADULT VALID\n2 CODE-2 F2 ADULT USED");
});

test("garbage is no ticket, whatever it looks like", () => {
  for (const text of ["", "LC1", "LC1.a.b", "LC1.k.!!!.sig", "LC1.k.e30.sig.more", "LC9.k.e30.c2ln"]) assert.equal(partsOfTicket(text), null, text);
  assert.deepEqual([...bytesOf("-_8")], [251, 255]);
});

test("a hand scanner's burst is read whole; what fingers type is left alone", () => {
  const scanner = handScanner();
  const type = (text, gap, from) => [...text, "Enter"].map((key, index) => scanner.key(key, from + index * gap)).at(-1).text;

  assert.equal(type("K7QM-2ZPX", 8, 0), "K7QM-2ZPX");
  assert.equal(type("K7QM-2ZPX", 150, 5000), null);
  assert.equal(type("ab", 8, 9000), null);
  assert.equal(type("LC1.k.b.s", 8, 12_000), "LC1.k.b.s");
});

test("capital letters of a scanner come with Shift, and the first of a burst is no longer part of what was typed before", () => {
  const scanner = handScanner();
  scanner.key("x", 0);
  const keys = ["Shift", "K", "7", "Shift", "Q", "M", "2", "Z"];
  keys.forEach((key, index) => scanner.key(key, 1000 + index * 5));

  assert.deepEqual(scanner.key("Enter", 1050), { first: false, quick: true, text: "K7QM2Z" });
});

test("no letter is taken from fingers that roll over the keys", () => {
  const scanner = handScanner();

  assert.deepEqual([0, 20, 45, 65, 200, 215].map((at) => scanner.key("e", at).quick), [false, false, false, false, false, false]);
  assert.equal(scanner.key("Enter", 400).text, null);
});

test("a code that is still held up is no news, one shown again is", () => {
  const { isNew } = sightings();

  assert.deepEqual([isNew("a", 0), isNew("a", 1000), isNew("a", 2000), isNew("b", 2100), isNew("a", 2200), isNew("a", 5000)], [true, false, false, true, true, true]);
});
