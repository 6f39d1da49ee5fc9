// @ts-check
/** Stripe's form on a page that takes money: shown while there is something to pay, in step with the sum and the method. */
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
 * @param {{options: {method: string, provider: string, publishableKey?: string | null}[],
 *   open: import("../../vendor/signals-core/signals-core.js").ReadonlySignal<boolean>,
 *   total: import("../../vendor/signals-core/signals-core.js").ReadonlySignal<import("../ui/stripe-form.js").Money>}} page open: the page shows where the form belongs
 * @returns {CardEntry}
 */
export function createCardEntry({ options, open, total }) {
  const key = stripeKey(options);
  if (!key) return { form: null, tokenFor: async (how) => how, confirm: () => {}, dispose: () => {} };
  const form = createStripeForm(key, total.peek(), options.find(({ method }) => GUEST_METHODS.includes(method))?.method ?? "CARD");
  let asked = "";
  const stop = effect(() => {
    form.update(total.value);
    if (!open.value || total.value.amount === 0) return;
    requestAnimationFrame(() => {
      const place = document.getElementById(STRIPE_PLACE);
      if (place && !place.hasChildNodes()) void form.mount(STRIPE_PLACE);
    });
  });
  return {
    form,
    async tokenFor(how) {
      if (total.peek().amount === 0) return how;
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
