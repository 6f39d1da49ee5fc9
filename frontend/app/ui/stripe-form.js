// @ts-check
/**
 * Stripe's own form for card details, which then never touch our pages: the only script from elsewhere. The server opens the
 * content policy for it on the page that takes the money, and only where Stripe is set up.
 */
import { locale } from "../core/i18n.js";
import { state } from "../core/state.js";

const SCRIPT = "https://js.stripe.com/v3/";
const STRIPE_TYPES = /** @type {Record<string, string[]>} */ ({ BANK_TRANSFER: ["sepa_debit"] });

/** @typedef {{amount: number, currency: string}} Money */
/** @typedef {ReturnType<typeof createStripeForm>} StripeForm */
/** @typedef {{id: string} | {fault: string}} Token the payment method for payBooking, or what is wrong in Stripe's words */

/** @type {Promise<any> | null} */
let script = null;

/** The key of Stripe's form, where payments go there. @param {{provider: string, publishableKey?: string | null}[]} options */
export const stripeKey = (options) => options.find(({ provider, publishableKey }) => provider === "stripe" && publishableKey)?.publishableKey ?? null;

/**
 * Whether this document may load it: a policy belongs to the document, and pages change without a new one. Where it may not,
 * the page asks for itself anew.
 */
export function mayLoad() {
  const [arrival] = performance.getEntriesByType("navigation");
  return Boolean(/** @type {any} */ (globalThis).Stripe) || new URL(arrival.name).pathname === window.location.pathname;
}

/** @param {string} key publishable @param {Money} total @param {string} method */
export function createStripeForm(key, total, method) {
  let wanted = { total, method };
  const status = state(/** @type {"loading" | "ready" | "failed"} */ ("loading"));
  /** @type {any} */
  let stripe = null;
  /** @type {any} */
  let elements = null;

  return {
    status,
    /** Shows it in the element with this id. @param {string} id */
    async mount(id) {
      status.value = "loading";
      try {
        stripe = (await loadScript())(key);
        elements = stripe.elements({
          mode: "payment", paymentMethodCreation: "manual", ...orderOf(wanted), locale: locale.value, appearance: appearance(),
        });
        const payment = elements.create("payment");
        payment.on("ready", () => (status.value = "ready"));
        payment.on("loaderror", () => (status.value = "failed"));
        payment.mount(`#${id}`);
      } catch {
        status.value = "failed";
      }
    },
    /** @param {Money} total @param {string} [method] */
    update(total, method = wanted.method) {
      wanted = { total, method };
      if (total.amount > 0) elements?.update(orderOf(wanted));
    },
    /** What was typed, as a token. @returns {Promise<Token>} */
    async token() {
      const { error: typed } = await elements.submit();
      if (typed) return { fault: typed.message };
      const { error, paymentMethod } = await stripe.createPaymentMethod({ elements });
      return error ? { fault: error.message } : { id: paymentMethod.id };
    },
    /** Lets the payer confirm at the bank; how it went is asked of our server afterwards. @param {string} clientSecret */
    async confirm(clientSecret) {
      stripe ??= (await loadScript())(key);
      await stripe.handleNextAction({ clientSecret });
    },
  };
}

/** @param {{total: Money, method: string}} wanted */
const orderOf = ({ total, method }) => ({
  amount: total.amount,
  currency: total.currency.toLowerCase(),
  paymentMethodTypes: STRIPE_TYPES[method] ?? ["card"], // a phone's wallet is a card to Stripe
});

/** Stripe.js, fetched once. @returns {Promise<any>} */
function loadScript() {
  script ??= new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("stripe", { createScriptURL: () => SCRIPT });
    tag.src = policy?.createScriptURL(SCRIPT) ?? SCRIPT;
    tag.onload = () => resolve(/** @type {any} */ (globalThis).Stripe);
    tag.onerror = reject;
    document.head.append(tag);
  });
  return script;
}

/** Our colours, for its frame can't see our sheets. */
function appearance() {
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    theme: document.documentElement.dataset.bsTheme === "dark" ? "night" : "stripe",
    variables: {
      colorPrimary: colour("--velvet"), colorBackground: colour("--surface"), colorText: colour("--ink"), colorDanger: colour("--bad"),
      colorTextSecondary: colour("--muted"), borderRadius: "10px",
    },
  };
}
