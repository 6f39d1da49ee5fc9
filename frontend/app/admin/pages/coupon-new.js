// @ts-check
/** A new coupon: one code. */
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate } from "../../core/router.js";
import { state } from "../../core/state.js";
import { field } from "../../ui/field.js";
import { html } from "../../ui/html.js";
import { staffView } from "../frame.js";
import { CreateCoupon } from "../operations/people.js";
import { editForm, formView } from "../ui/form.js";
import { saved } from "../ui/saved.js";
import { couponFaults, couponFields, couponPreview, inputOf, placesOf } from "./coupon-form.js";

const PATH = "/admin/coupons";

/** @param {import("../../core/router.js").Request} request */
export async function load({ signal }) {
  const places = await placesOf(signal);
  const kind = state("PERCENT");
  let made = "";
  const form = editForm(
    "coupon",
    (values) => couponFaults(values, { code: t("staff.coupons.code") }),
    async (values) => {
      const { coupon, userErrors } = (await gql(CreateCoupon, { input: inputOf(values) })).createCoupon;
      made = coupon?.id ?? "";
      return userErrors;
    },
    async () => {
      saved(t("staff.coupon.created"), { object: { type: "Coupon", id: made } });
      await navigate(`${PATH}/${made}`, { replace: true });
    },
  );
  const preview = couponPreview(form.id, places, signal);
  const first = () => field(form, { name: "code", label: t("staff.coupons.code"), hint: t("staff.coupon.codeHint"), maxlength: 40, autocomplete: "off" });
  return staffView({
    path: PATH,
    title: t("staff.coupons.new"),
    back: { href: PATH, label: t("staff.nav.coupons") },
    content: () => html`<div class="coupon-page">
      <div @input=${preview.look}>${formView(form, couponFields(form, { coupon: {}, kind, places, first: first() }), { submit: t("staff.coupon.create"), cancel: { href: PATH, label: t("staff.cinema.cancel") } })}</div>
      ${preview.view()}
    </div>`,
  });
}
