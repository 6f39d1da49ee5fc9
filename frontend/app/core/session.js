// @ts-check
/**
 * Who is signed in. The access token lives in this module's memory only; what outlives a reload is an
 * HttpOnly cookie that scripts cannot read, and a flag that says it is worth asking.
 */
import * as operations from "../operations.js";
import { AppError } from "./errors.js";
import { credentials, gql } from "./gql.js";
import { computed, state } from "./state.js";
import { lasting, passing } from "./storage.js";

/** @typedef {{id: string, name: string, email: string, phone: string | null, role: string, cinemaIds: string[], emailVerified: boolean, locale: string | null}} Person */

const COOKIE_SESSION = { "x-session": "cookie" };
/** Renew a minute before the fifteen are over; measured on the clock that device settings don't move. */
const FRESH_MS = 14 * 60_000;
const RANKS = ["CUSTOMER", "STAFF", "MANAGER", "ADMIN"];

/** @type {string | null} */
let token = null;
let received = 0;
/** @type {Promise<boolean> | null} */
let renewal = null;
/** Why the session could not be renewed, where that was not the session's fault. @type {AppError | null} */
let unanswered = null;

/** @type {import("../../vendor/signals-core/signals-core.js").Signal<Person | null>} */
export const person = state(/** @type {Person | null} */ (null));
export const signedIn = computed(() => person.value !== null);

credentials.token = () => token;
credentials.stale = () => token !== null && performance.now() - received > FRESH_MS;
credentials.renew = renew;

/** @param {"STAFF" | "MANAGER" | "ADMIN"} role */
export const atLeast = (role) => RANKS.indexOf(person.value?.role ?? "CUSTOMER") >= RANKS.indexOf(role);

/** Asks for a session left from an earlier visit, if there was one. Never throws. */
export async function resume() {
  if (person.value || !lasting.get("signedIn")) return;
  if (!(await renew())) return;
  try {
    await loadPerson();
  } catch (error) {
    if (error instanceof AppError) unanswered = error;
  }
}

/** @param {string} email @param {string} password @param {string} [totpCode] */
export async function signIn(email, password, totpCode) {
  const { login } = await gql(operations.Login, { input: { email, password, totpCode } }, anonymously());
  return enter(login);
}

/** @param {{email: string, password: string, name: string, phone?: string, locale: string}} input */
export async function register(input) {
  const { register: answer } = await gql(operations.Register, { input }, anonymously());
  return enter(answer);
}

/** @param {string} resetToken @param {string} newPassword */
export async function resetPassword(resetToken, newPassword) {
  const { resetPassword: answer } = await gql(operations.ResetPassword, { input: { token: resetToken, newPassword } }, anonymously());
  return enter(answer);
}

/** Ends the session here; a server that can't be asked is no reason to stay signed in on this device. */
export async function signOut() {
  await gql(operations.Logout).catch(() => undefined);
  forget();
}

/** Everything this tab knows of the person goes. */
export function forget() {
  token = null;
  person.value = null;
  lasting.set("signedIn", null);
  void forgetTickets(null);
  passing.set("hold", null);
}

/** @throws {AppError} UNAUTHENTICATED, for the router to lead to the sign-in page and back; OFFLINE or SERVICE_UNAVAILABLE while nobody can be asked who this is */
export function requirePerson() {
  if (!person.value) throw (lasting.get("signedIn") && unanswered) || new AppError("UNAUTHENTICATED", "Sign in first");
  return person.value;
}

/** @param {"STAFF" | "MANAGER" | "ADMIN"} role @throws {AppError} UNAUTHENTICATED or FORBIDDEN */
export function requireRole(role) {
  requirePerson();
  if (!atLeast(role)) throw new AppError("FORBIDDEN", "Not for this account");
}

export async function loadPerson() {
  person.value = (await gql(operations.Me)).me;
  if (person.value) void forgetTickets(person.value.id);
  else forget();
}

/** @param {{tokens: {accessToken: string} | null, userErrors: import("./forms.js").UserError[]}} answer */
async function enter(answer) {
  if (answer.tokens) {
    keep(answer.tokens.accessToken);
    await loadPerson();
  }
  return answer.userErrors;
}

/** @param {string} accessToken */
function keep(accessToken) {
  token = accessToken;
  received = performance.now();
  lasting.set("signedIn", true);
}

/**
 * The refresh token is good for one use: two tabs that used the same one would look like a thief.
 * A lock over all tabs of this origin sends them one after the other, each with the newest cookie.
 */
function renew() {
  if (!lasting.get("signedIn")) return Promise.resolve(false);
  renewal ??= (navigator.locks ? navigator.locks.request("lobbycard-session", refresh) : refresh()).finally(() => {
    renewal = null;
  });
  return renewal;
}

async function refresh() {
  try {
    const { refreshTokens } = await gql(operations.RefreshTokens, {}, anonymously());
    unanswered = null;
    if (refreshTokens.tokens) {
      keep(refreshTokens.tokens.accessToken);
      return true;
    }
    forget();
  } catch (error) {
    if (!(error instanceof AppError)) return false;
    if (error.code === "UNAUTHENTICATED") forget();
    else unanswered = error;
  }
  return false;
}

/** Tickets of others leave the device. @param {string | null} owner whose stay */
async function forgetTickets(owner) {
  if (lasting.get("ticketsKept")) await (await import("./kept-tickets.js")).forgetBookings(owner);
}

const anonymously = () => ({ headers: COOKIE_SESSION, anonymous: true });
