// What js.stripe.com brings, as far as our pages use it: a field for the card's number in place of Stripe's frame.
// It asks api.stripe.com as Stripe's own would; the test answers there with localstripe.
globalThis.Stripe = (key) => {
  const ask = async (path, form) => (await fetch(`https://api.stripe.com/v1/${path}`, { method: "POST", body: new URLSearchParams({ ...form, key }) })).json();
  return {
    elements(options) {
      globalThis.stripeAsked = options;
      const input = document.createElement("input");
      input.setAttribute("aria-label", "Card number");
      return {
        input,
        update: (more) => Object.assign(options, more),
        create: () => {
          const told = {};
          return {
            on: (event, call) => (told[event] = call),
            mount(place) {
              document.querySelector(place).append(input);
              queueMicrotask(() => told.ready());
            },
          };
        },
        submit: async () => (/^\d{16}$/.test(input.value) ? {} : { error: { message: "Your card number is incomplete." } }),
      };
    },
    async createPaymentMethod({ elements }) {
      const card = { "card[number]": elements.input.value, "card[exp_month]": "12", "card[exp_year]": "2040", "card[cvc]": "123" };
      const answer = await ask("payment_methods", { type: "card", ...card });
      return answer.error ? { error: answer.error } : { paymentMethod: answer };
    },
    async handleNextAction({ clientSecret }) {
      const [intent] = clientSecret.split("_secret");
      await ask(`payment_intents/${intent}/_authenticate`, { client_secret: clientSecret, success: String(globalThis.payerAgrees ?? true) });
      return {};
    },
  };
};
