// @ts-check
/** Stripe's form on the checkout page: shown while the page is open for payment, in step with the total and the method. */
import { effect } from "../core/state.js";
import { createStripeForm, mayLoad, stripeKey } from "../ui/stripe-form.js";
import { GUEST_METHODS, STRIPE_PLACE } from "./checkout-parts.js";

/**
 * @typedef {{method: string, token: string | null}} How
 * @typedef {{form: import("../ui/stripe-form.js").StripeForm | null, tokenFor: (how: How) => Promise<How | {fault: string}>,
 *   confirm: (clientSecret: string | null) => void, dispose: () => void}} CardEntry
 */

/** Waits for ever where the page has to come anew, with the policy that its own address has. @param {{provider: string, publishableKey?: string | null}[]} options */
export async function arriveForPayment(options) {
  if (!stripeKey(options) || mayLoad()) return;
  window.location.reload();
  await new Promise(() => {});
}

/**
 * @param {{options: {method: string, provider: string, publishableKey?: string | null}[], phase: import("../../vendor/signals-core/signals-core.js").Signal<string>,
 *   booking: import("../../vendor/signals-core/signals-core.js").Signal<any>}} page
 * @returns {CardEntry}
 */
export function createCardEntry({ options, phase, booking }) {
  const key = stripeKey(options);
  if (!key) return { form: null, tokenFor: async (how) => how, confirm: () => {}, dispose: () => {} };
  const form = createStripeForm(key, booking.peek().total, options.find(({ method }) => GUEST_METHODS.includes(method))?.method ?? "CARD");
  let asked = "";
  const stop = effect(() => {
    const { total } = booking.value;
    form.update(total);
    if (phase.value !== "open" || total.amount === 0) return;
    requestAnimationFrame(() => {
      const place = document.getElementById(STRIPE_PLACE);
      if (place && !place.hasChildNodes()) void form.mount(STRIPE_PLACE);
    });
  });
  return {
    form,
    async tokenFor(how) {
      if (booking.peek().total.amount === 0) return how;
      const made = await form.token();
      return "fault" in made ? made : { ...how, token: made.id };
    },
    /** Once for each secret: our server repeats it as long as the bank waits. */
    confirm(clientSecret) {
      if (!clientSecret || clientSecret === asked) return;
      asked = clientSecret;
      // However it ends, asking our server again tells how it went.
      form.confirm(clientSecret).catch(() => (asked = ""));
    },
    dispose: stop,
  };
}
