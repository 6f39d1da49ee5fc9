// @ts-check
/** How a cinema sells: its booking policy, as facts and as a form. */
import { missing } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { minorDigits, minorUnits } from "../../domain/money.js";
import { field } from "../../ui/field.js";
import { money } from "../../ui/format.js";
import { html, repeat } from "../../ui/html.js";
import { SetBookingPolicy } from "../operations/house.js";
import { detailView } from "../ui/detail.js";
import { editForm, formView } from "../ui/form.js";
import { icon } from "../ui/icon.js";
import { saved } from "../ui/saved.js";

/** Whole numbers, with the bounds of the service. */
const NUMBERS = /** @type {Record<string, [number, number]>} */ ({
  holdMinutes: [1, 60], maximumSeats: [1, 50], salesCloseMinutes: [-600, 10_000], turnaroundMinutes: [0, 240],
});

/** @typedef {{key: number, hoursBefore: string, percent: string}} Tier as typed */

/** @param {any} policy */
export const policyFacts = (policy) =>
  detailView({
    facts: [
      ...Object.keys(NUMBERS).map((name) => /** @type {[string, unknown]} */ ([t(`staff.policy.${name}`), String(policy[name])])),
      [t("staff.policy.fee"), money(policy.fee)],
      [t("staff.policy.gapRule"), t(policy.gapRule ? "staff.policy.yes" : "staff.policy.no")],
      [t("staff.policy.refunds"), policy.refundTiers.map((/** @type {any} */ tier) => html`<div>${t("staff.policy.tier", { hours: tier.hoursBefore, percent: tier.percent })}</div>`)],
    ],
  });

/** The form and what it keeps. @param {any} cinema with bookingPolicy @returns {() => unknown} */
export function policyPart(cinema) {
  const policy = cinema.bookingPolicy;
  let last = 0;
  const tierOf = (/** @type {{hoursBefore: number | string, percent: number | string}} */ { hoursBefore, percent }) => ({ key: (last += 1), hoursBefore: String(hoursBefore), percent: String(percent) });
  const tiers = state(/** @type {Tier[]} */ (policy.refundTiers.map(tierOf)));
  const form = editForm(
    "policy",
    (values) => policyFaults(values, tiers.value, cinema.currency),
    async (values) => (await gql(SetBookingPolicy, { cinemaId: cinema.id, input: policyInput(values, tiers.value, cinema.currency) })).setBookingPolicy.userErrors,
    () => saved(t("staff.policy.saved"), { object: { type: "Cinema", id: cinema.id } }),
  );
  const change = (/** @type {Tier[]} */ next) => {
    tiers.value = next;
    form.changed.value = true;
  };
  const fields = () => html`
    <div class="field-grid">
      ${Object.keys(NUMBERS).map((name) => field(form, { name, label: t(`staff.policy.${name}`), type: "number", value: String(policy[name]) }))}
      ${field(form, { name: "fee", label: t("staff.policy.feeIn", { currency: cinema.currency }), value: typedMoney(policy.fee), inputmode: "decimal", autocomplete: "off" })}
    </div>
    <label class="method mb-3"><input class="form-check-input" type="checkbox" name="gapRule" value="yes" ?checked=${policy.gapRule} /> ${t("staff.policy.gapRule")}</label>
    <fieldset class="mb-3">
      <legend class="label">${t("staff.policy.refunds")}</legend>
      <p class="muted small-text">${t("staff.policy.refundsHint")}</p>
      ${repeat(tiers.value, ({ key }) => key, (tier, index) => tierFields(form, tier, index, () => change(tiers.value.filter(({ key }) => key !== tier.key))))}
      <button class="btn btn-quiet btn-sm" type="button" @click=${() => change([...tiers.value, tierOf({ hoursBefore: "", percent: "" })])}>${icon("plus-lg")} ${t("staff.policy.addTier")}</button>
    </fieldset>
  `;
  return () => formView(form, fields(), { submit: t("staff.policy.save") });
}

/** @param {import("../ui/form.js").EditForm} form @param {Tier} tier @param {number} index @param {() => void} remove */
const tierFields = (form, tier, index, remove) => html`
  <div class="policy-tier">
    ${field(form, { name: `hours-${tier.key}`, label: t("staff.policy.hoursBefore", { number: String(index + 1) }), value: tier.hoursBefore, inputmode: "decimal", autocomplete: "off" })}
    ${field(form, { name: `percent-${tier.key}`, label: t("staff.policy.percent", { number: String(index + 1) }), value: tier.percent, inputmode: "numeric", autocomplete: "off" })}
    <button class="btn btn-quiet btn-sm" type="button" @click=${remove}>${icon("trash")} ${t("staff.policy.removeTier", { number: String(index + 1) })}</button>
  </div>
`;

/** @param {import("../../core/forms.js").Values} values @param {Tier[]} tiers @param {string} currency @returns {import("../../core/forms.js").Fault[]} */
function policyFaults(values, tiers, currency) {
  const between = (/** @type {string} */ name, /** @type {string} */ label, /** @type {number} */ low, /** @type {number} */ high, whole = true) => {
    const value = Number(values[name].replace(",", "."));
    return value >= low && value <= high && (!whole || Number.isInteger(value)) ? [] : [{ name, message: t("staff.policy.between", { label, low: String(low), high: String(high) }) }];
  };
  const labels = /** @type {Record<string, string>} */ ({ ...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, t(`staff.policy.${name}`)])), fee: t("staff.policy.fee") });
  const parts = tiers.flatMap(({ key }, index) => {
    const [hours, percent] = [t("staff.policy.hoursBefore", { number: String(index + 1) }), t("staff.policy.percent", { number: String(index + 1) })];
    const found = missing(values, { [`hours-${key}`]: hours, [`percent-${key}`]: percent });
    return found.length ? found : [...between(`hours-${key}`, hours, 0, 8760, false), ...between(`percent-${key}`, percent, 0, 100)];
  });
  const found = missing(values, labels);
  if (found.length) return [...found, ...parts];
  const numbers = Object.entries(NUMBERS).flatMap(([name, [low, high]]) => between(name, labels[name], low, high));
  const fee = minorUnits(values.fee, currency) === null ? [{ name: "fee", message: t("staff.policy.badFee") }] : [];
  return [...numbers, ...fee, ...parts];
}

/** @param {import("../../core/forms.js").Values} values @param {Tier[]} tiers @param {string} currency */
const policyInput = (values, tiers, currency) => ({
  gapRule: values.gapRule === "yes",
  ...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, Number(values[name])])),
  fee: { amount: minorUnits(values.fee, currency), currency },
  refundTiers: tiers.map(({ key }) => ({ hoursBefore: Number(values[`hours-${key}`].replace(",", ".")), percent: Number(values[`percent-${key}`]) })),
});

/** As it is typed: 1.50. @param {import("../../domain/money.js").Money} value */
const typedMoney = ({ amount, currency }) => (amount / 10 ** minorDigits(currency)).toFixed(minorDigits(currency));
