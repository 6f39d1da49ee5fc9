// @ts-check
/** One coupon: its terms, who used it, and the form that changes it. */
import { gql, gqlPartial, whyMissing } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate, withQuery } from "../../core/router.js";
import { atLeast } from "../../core/session.js";
import { state } from "../../core/state.js";
import { field } from "../../ui/field.js";
import { money, moment } from "../../ui/format.js";
import { html } from "../../ui/html.js";
import { staffView } from "../frame.js";
import { CouponRedemptions, DeleteCoupon, StaffCoupon, UpdateCoupon } from "../operations/people.js";
import { detailView, section } from "../ui/detail.js";
import { editForm, formView } from "../ui/form.js";
import { icon } from "../ui/icon.js";
import { listOf, listView } from "../ui/list.js";
import { removal } from "../ui/removal.js";
import { saved } from "../ui/saved.js";
import { couponFaults, couponFields, couponPreview, inputOf, placesOf } from "./coupon-form.js";
import { couponTag, discountText, setActive, windowText } from "./coupons.js";

const PATH = "/admin/coupons";
const EDIT = "edit";

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const { data, errors } = await gqlPartial(StaffCoupon, { id: params.id }, { signal });
  if (!data.coupon) throw whyMissing(errors, "coupon");
  const page = { path: PATH, title: data.coupon.code, back: { href: PATH, label: t("staff.nav.coupons") } };
  if (query.has(EDIT)) return staffView({ ...page, content: await editing(data.coupon, signal) });
  const coupon = state(data.coupon);
  const uses = await listOf(async (after) => (await gql(CouponRedemptions, { id: params.id, after }, { signal })).coupon.redemptions, signal);
  return staffView({
    ...page,
    content: () => html`
      ${detailView({ tag: couponTag(coupon.value), facts: facts(coupon.value), actions: actions(coupon) })}
      ${section("uses", t("staff.coupon.redemptions"), redemptions(uses))}
    `,
  });
}

/** @param {any} coupon @returns {[string, unknown][]} */
const facts = (coupon) => [
  [t("staff.coupon.description"), coupon.description],
  [t("price.discount"), discountText(coupon)],
  [t("staff.coupon.minimumSubtotal"), coupon.minimumSubtotal ? money(coupon.minimumSubtotal) : null],
  [t("staff.coupons.window"), windowText(coupon)],
  [t("staff.coupons.uses"), coupon.usageLimit ? t("staff.coupons.usesOf", { used: String(coupon.timesUsed ?? 0), most: String(coupon.usageLimit) }) : String(coupon.timesUsed ?? 0)],
  [t("staff.coupon.usageLimitPerUser"), coupon.usageLimitPerUser ? String(coupon.usageLimitPerUser) : null],
  [t("staff.coupon.films"), coupon.movies.length ? named(coupon.movies, "title") : t("staff.word.any")],
  [t("staff.coupon.cinemas"), coupon.cinemas.length ? named(coupon.cinemas, "name") : t("staff.word.any")],
  [t("staff.coupon.owner"), coupon.user?.name],
];

/** What is gone from the catalogue has no name any more. @param {any[]} things @param {string} name */
const named = (things, name) => things.map((thing) => thing?.[name] ?? "–").join(", ");

/** @param {import("../../../vendor/signals-core/signals-core.js").Signal<any>} coupon */
function actions(coupon) {
  const { id, code, active } = coupon.value;
  const flip = async () => {
    const [changed] = await setActive([id], !active);
    if (!changed) return;
    coupon.value = { ...coupon.value, ...changed };
    saved(t(active ? "staff.coupons.areOff" : "staff.coupons.areOn", { count: 1 }), { object: { type: "Coupon", id } });
  };
  return [
    html`<a class="btn btn-quiet" href=${withQuery({ [EDIT]: "1" })}>${icon("pencil")} ${t("staff.cinema.edit")}</a>`,
    html`<button class="btn btn-quiet" type="button" @click=${flip}>${t(active ? "staff.coupons.switchOff" : "staff.coupons.switchOn")}</button>`,
    removal({
      id: "coupon-delete",
      label: t("staff.coupon.delete"),
      heading: t("staff.plan.deleteHeading", { name: code }),
      text: t("staff.coupon.deleteText"),
      remove: async () => (await gql(DeleteCoupon, { id })).deleteCoupon.userErrors,
      done: async () => {
        saved(t("staff.plan.deleted", { name: code }), { object: { type: "Coupon", id } });
        await navigate(PATH);
      },
    }),
  ];
}

/** @param {import("../ui/list.js").List} list */
const redemptions = (list) =>
  listView({
    list,
    label: t("staff.coupon.redemptions"),
    count: (total) => t("staff.coupon.redeemed", { count: total }),
    empty: { heading: t("staff.coupon.unused"), text: t("staff.coupon.unusedText") },
    columns: [
      { label: t("staff.word.when"), nowrap: true, cell: ({ redeemedAt }) => html`<span class="figures">${moment(redeemedAt)}</span>` },
      { label: t("ticket.booking"), heading: true, cell: ({ booking }) => (booking?.reference ? html`<a class="figures" href="/admin/bookings/${booking.id}">${booking.reference}</a>` : "–") },
      { label: t("staff.booking.guest"), cell: ({ user }) => (user?.name ? (atLeast("ADMIN") ? html`<a href="/admin/users/${user.id}">${user.name}</a>` : user.name) : "–") },
      { label: t("price.discount"), num: true, cell: ({ discount }) => money(discount) },
    ],
  });

/** @param {any} coupon @param {AbortSignal} signal @returns {Promise<() => unknown>} */
async function editing(coupon, signal) {
  const places = await placesOf(signal);
  const kind = state(coupon.kind);
  const form = editForm(
    "coupon",
    (values) => couponFaults(values, { code: t("staff.coupons.code") }),
    async (values) => (await gql(UpdateCoupon, { id: coupon.id, input: inputOf(values) })).updateCoupon.userErrors,
    async () => {
      saved(t("staff.coupon.saved"), { object: { type: "Coupon", id: coupon.id } });
      await navigate(`${PATH}/${coupon.id}`, { replace: true });
    },
  );
  const preview = couponPreview(form.id, places, signal);
  const first = () => field(form, { name: "code", label: t("staff.coupons.code"), value: coupon.code, hint: t("staff.coupon.codeHint"), maxlength: 40, autocomplete: "off" });
  return () => html`<div class="coupon-page">
    <div @input=${preview.look}>${formView(form, couponFields(form, { coupon, kind, places, first: first() }), { submit: t("staff.cinema.save"), cancel: { href: withQuery({ [EDIT]: null }), label: t("staff.cinema.cancel") } })}</div>
    ${preview.view()}
  </div>`;
}
