// @ts-check
/**
 * One attempt to pay: it keeps its key until the outcome is certain, over reloads and lost answers, so that asking
 * again can never pay twice.
 */
import { AppError } from "../core/errors.js";
import { refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { passing } from "../core/storage.js";
import { PayBooking } from "./operations.js";

const ASK_AGAIN_MS = 2000;

/**
 * @typedef {{key: string, method: string, token: string | null}} Attempt
 * @typedef {{kind: "paid", booking: any} | {kind: "refused", code: string, text: string, booking: any}
 *   | {kind: "action", url: string | null, clientSecret: string | null, booking: any} | {kind: "pending", booking: any | null}} Outcome
 */

/** The attempt of a booking whose outcome is not known yet. @param {string} bookingId @returns {Attempt | null} */
export const openAttempt = (bookingId) => passing.get(`attempt.${bookingId}`);

/** Forgets it once its outcome is known otherwise. @param {string} bookingId @returns {boolean} whether there was one */
export function closeAttempt(bookingId) {
  const open = openAttempt(bookingId) !== null;
  passing.set(`attempt.${bookingId}`, null);
  return open;
}

/**
 * Asks until the outcome is certain or the payer has to act.
 * @param {string} bookingId @param {{method: string, token: string | null}} how used for a new attempt only
 * @param {{onOutcome: (outcome: Outcome) => void, signal: AbortSignal}} watch
 */
export async function pay(bookingId, how, { onOutcome, signal }) {
  const attempt = openAttempt(bookingId) ?? { ...how, key: crypto.randomUUID() };
  passing.set(`attempt.${bookingId}`, attempt);
  while (!signal.aborted) {
    const outcome = await ask(bookingId, attempt);
    if (signal.aborted) return;
    if (outcome.kind === "paid" || outcome.kind === "refused") closeAttempt(bookingId);
    onOutcome(outcome);
    if (outcome.kind === "paid" || outcome.kind === "refused") return;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** @param {string} bookingId @param {Attempt} attempt @returns {Promise<Outcome>} */
async function ask(bookingId, { key, method, token }) {
  try {
    const { payBooking } = await gql(PayBooking, { input: { bookingId, method, paymentToken: token, idempotencyKey: key } });
    return outcomeOf(payBooking);
  } catch (error) {
    if (error instanceof AppError && ["NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED", "BAD_USER_INPUT"].includes(error.code)) throw error;
    // No answer is not a refusal: the money may have moved. The same key finds out.
    return { kind: "pending", booking: null };
  }
}

/** @param {{booking: any, action: {redirectUrl: string | null, clientSecret: string | null} | null, userErrors: import("../core/forms.js").UserError[]}} answer @returns {Outcome} */
function outcomeOf({ booking, action, userErrors }) {
  if (booking?.status === "CONFIRMED") return { kind: "paid", booking };
  if (action?.redirectUrl || action?.clientSecret) return { kind: "action", url: action.redirectUrl, clientSecret: action.clientSecret, booking };
  const [refusal] = userErrors;
  if (!refusal || refusal.code === "PAYMENT_PENDING") return { kind: "pending", booking };
  return { kind: "refused", code: refusal.code, text: refusalText(refusal), booking };
}
