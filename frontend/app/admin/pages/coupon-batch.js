// @ts-check
/** Many codes with the same terms, that nobody can guess; handed over as a table. */
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { field } from "../../ui/field.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { staffView } from "../frame.js";
import { CreateCouponBatch } from "../operations/people.js";
import { download } from "../ui/download.js";
import { editForm, formView } from "../ui/form.js";
import { icon } from "../ui/icon.js";
import { couponFaults, couponFields, couponPreview, inputOf, placesOf } from "./coupon-form.js";

const PATH = "/admin/coupons";
/** As many as the service makes at once. */
const MOST = 500;

/** @typedef {{prefix: string, coupons: {id: string, code: string}[], csv: string}} Batch */

/** @param {import("../../core/router.js").Request} request */
export async function load({ signal }) {
  const places = await placesOf(signal);
  const kind = state("PERCENT");
  const made = state(/** @type {Batch | null} */ (null));
  const form = editForm(
    "batch",
    (values) => [...couponFaults(values, { prefix: t("staff.coupon.prefix"), count: t("staff.coupon.count") }), ...countFaults(values.count)],
    async (values) => {
      made.value = null;
      const { coupons, csv, userErrors } = (await gql(CreateCouponBatch, { input: inputOf(values), prefix: values.prefix, count: Number(values.count) })).createCouponBatch;
      if (!userErrors.length) made.value = { prefix: values.prefix, coupons, csv };
      return userErrors;
    },
    () => requestAnimationFrame(() => document.getElementById("batch-made")?.focus()),
  );
  const preview = couponPreview(form.id, places, signal);
  const first = () => html`<div class="field-grid">
    ${field(form, { name: "prefix", label: t("staff.coupon.prefix"), hint: t("staff.coupon.prefixHint"), maxlength: 24, autocomplete: "off" })}
    ${field(form, { name: "count", label: t("staff.coupon.count"), value: "10", inputmode: "numeric", autocomplete: "off" })}
  </div>`;
  return staffView({
    path: PATH,
    title: t("staff.coupons.batch"),
    back: { href: PATH, label: t("staff.nav.coupons") },
    content: () => html`
      ${made.value ? batch(made.value) : nothing}
      <div class="coupon-page">
        <div @input=${preview.look}>${formView(form, couponFields(form, { coupon: {}, kind, places, first: first() }), { submit: t("staff.coupon.makeBatch"), cancel: { href: PATH, label: t("staff.cinema.cancel") } })}</div>
        ${preview.view()}
      </div>
    `,
  });
}

/** @param {string} typed */
const countFaults = (typed) => (typed?.trim() && !(Number.isInteger(Number(typed)) && Number(typed) >= 1 && Number(typed) <= MOST) ? [{ name: "count", message: t("staff.coupon.badCount", { most: String(MOST) }) }] : []);

/** @param {Batch} batch */
const batch = ({ prefix, coupons, csv }) => html`<div id="batch-made" tabindex="-1">
  ${notice("ok", html`
    <p><strong>${t("staff.coupon.made", { count: coupons.length })}</strong></p>
    <p><button class="btn btn-primary" type="button" @click=${() => download(csv, `${prefix}.csv`, "text/csv;charset=utf-8")}>${icon("download")} ${t("staff.coupon.csv")}</button></p>
    <details><summary>${t("staff.coupon.codes")}</summary><p class="figures coupon-codes">${coupons.map(({ code }) => code).join(", ")}</p></details>
  `, { role: "status" })}
</div>`;
