// @ts-check
/** Coupons: which there are, which can be used now, and several switched on or off at once. */
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { money, moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { toast } from "../../ui/toast.js";
import { staffView } from "../frame.js";
import { FindCoupons, SetCouponsActive } from "../operations/people.js";
import { icon } from "../ui/icon.js";
import { listOf, listView } from "../ui/list.js";
import { saved } from "../ui/saved.js";

const PATH = "/admin/coupons";

/** "20 %, at most €5.00" @param {any} coupon */
export function discountText({ kind, percent, amountOff, maximumDiscount }) {
  if (kind === "FIXED_AMOUNT") return amountOff ? money(amountOff) : "–";
  return maximumDiscount ? t("staff.coupons.percentAtMost", { percent: String(percent), most: money(maximumDiscount) }) : t("staff.coupons.percent", { percent: String(percent) });
}

/** When it can be used. @param {{startsAt: string | null, expiresAt: string | null}} coupon */
export function windowText({ startsAt, expiresAt }) {
  if (startsAt && expiresAt) return t("staff.coupons.between", { from: moment(startsAt), to: moment(expiresAt) });
  if (startsAt) return t("staff.coupons.since", { from: moment(startsAt) });
  return expiresAt ? t("staff.coupons.until", { to: moment(expiresAt) }) : t("staff.coupons.always");
}

/** @param {{active: boolean}} coupon */
export const couponTag = ({ active }) => (active ? { kind: "ok", text: t("staff.coupons.active") } : { kind: "", text: t("staff.coupons.off") });

/** Switches coupons on or off, all or none. @param {string[]} ids @param {boolean} active @returns {Promise<any[]>} those that changed; none when it was refused, which is told */
export async function setActive(ids, active) {
  try {
    const { coupons, userErrors } = (await gql(SetCouponsActive, { ids, active })).setCouponsActive;
    if (userErrors.length) toast(refusalText(userErrors[0]));
    return userErrors.length ? [] : coupons;
  } catch (error) {
    toast(failureText(error));
    return [];
  }
}

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const search = query.get("q")?.trim() || null;
  const active = { yes: true, no: false }[query.get("active") ?? ""] ?? null;
  const list = await listOf(async (after) => (await gql(FindCoupons, { search, active, after }, { signal })).coupons, signal);
  const chosen = state(/** @type {Set<string>} */ (new Set()));
  const title = t("staff.nav.coupons");
  return staffView({
    path: PATH,
    title,
    actions: () => html`
      <a class="btn btn-quiet" href="${PATH}/batch">${icon("copy")} ${t("staff.coupons.batch")}</a>
      <a class="btn btn-primary" href="${PATH}/new">${icon("plus-lg")} ${t("staff.coupons.new")}</a>
    `,
    content: () =>
      listView({
        list,
        filters: filters(),
        query,
        label: title,
        columns: columns(),
        count: (total) => t("staff.coupons.found", { count: total }),
        empty: { heading: t("staff.coupons.none"), text: t("staff.coupons.noneText"), action: { href: PATH, label: t("staff.list.clear") } },
        selection: { chosen, name: ({ code }) => t("staff.coupons.choose", { code }), actions: (ids) => bulk(ids, list, chosen) },
      }),
  });
}

/** @returns {import("../ui/list.js").Filter[]} */
const filters = () => [
  { name: "q", kind: "search", label: t("staff.coupons.search") },
  {
    name: "active", kind: "choice", label: t("staff.word.status"),
    options: [{ value: "", label: t("staff.word.any") }, { value: "yes", label: t("staff.coupons.active") }, { value: "no", label: t("staff.coupons.off") }],
  },
];

/** @returns {import("../ui/table.js").Column[]} */
const columns = () => [
  { label: t("staff.coupons.code"), heading: true, cell: ({ id, code, description }) => html`<div><a class="figures" href="${PATH}/${id}">${code}</a>${description ? html`<div class="muted small-text">${description}</div>` : nothing}</div>` },
  { label: t("price.discount"), cell: discountText },
  { label: t("staff.coupons.window"), cell: windowText },
  { label: t("staff.coupons.uses"), num: true, cell: ({ timesUsed, usageLimit }) => (usageLimit ? t("staff.coupons.usesOf", { used: String(timesUsed ?? 0), most: String(usageLimit) }) : String(timesUsed ?? 0)) },
  { label: t("staff.word.status"), cell: (coupon) => html`<span class="tag ${couponTag(coupon).kind}">${couponTag(coupon).text}</span>` },
];

/** @param {string[]} ids @param {import("../ui/list.js").List} list @param {{value: Set<string>}} chosen */
function bulk(ids, list, chosen) {
  const run = async (/** @type {boolean} */ active) => {
    const before = (list.part.value.value?.nodes ?? []).filter((node) => ids.includes(node.id) && node.active !== active).map(({ id }) => id);
    const changed = await setActive(ids, active);
    if (!changed.length) return;
    changed.forEach(list.replace);
    chosen.value = new Set();
    saved(t(active ? "staff.coupons.areOn" : "staff.coupons.areOff", { count: changed.length }), {
      undo: async () => (before.length ? (await setActive(before, !active)).forEach(list.replace) : undefined),
    });
  };
  return html`
    <button class="btn btn-quiet btn-sm" type="button" @click=${() => run(true)}>${t("staff.coupons.switchOn")}</button>
    <button class="btn btn-quiet btn-sm" type="button" @click=${() => run(false)}>${t("staff.coupons.switchOff")}</button>
  `;
}
