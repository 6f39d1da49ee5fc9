// @ts-check
/** Coupons given to the person, with what they take off, where, and until when. */
import { gql } from "../core/gql.js";
import { formatLocale, listOf, t } from "../core/i18n.js";
import { requirePerson } from "../core/session.js";
import { money } from "../ui/format.js";
import { html, nothing, repeat } from "../ui/html.js";
import { emptyState } from "../ui/notice.js";
import { toast } from "../ui/toast.js";
import { MyCoupons } from "./operations.js";

/** @param {import("../core/router.js").Request} request */
export async function load({ signal }) {
  requirePerson();
  const { myCoupons } = await gql(MyCoupons, {}, { signal });
  const usable = myCoupons.filter((/** @type {any} */ coupon) => coupon.active);
  return {
    title: t("offers.title"),
    template: () => html`
      <div class="page narrow">
        <h1 class="small">${t("offers.title")}</h1>
        <p class="muted">${t("offers.text")}</p>
        ${usable.length
          ? html`<ul class="plain-list stack">${repeat(usable, ({ id }) => id, offer)}</ul>`
          : emptyState(t("offers.none"), t("offers.noneText"), { href: "/", label: t("bookings.seeProgramme") })}
      </div>
    `,
  };
}

/** @param {any} coupon */
const offer = (coupon) => html`
  <li class="card-plain">
    <h2>${coupon.percent ? t("offers.percent", { percent: coupon.percent }) : t("offers.amount", { amount: money(coupon.amountOff) })}</h2>
    ${coupon.description ? html`<p class="mb-1">${coupon.description}</p>` : nothing}
    <p class="muted mb-2">${conditions(coupon).join(" · ")}</p>
    <p class="row-wrap mb-0">
      <span class="tag ok figures">${coupon.code}</span>
      <button class="btn btn-quiet btn-sm" type="button" aria-label=${t("offers.copyCode", { code: coupon.code })} @click=${() => copy(coupon.code)}>${t("offers.copy")}</button>
    </p>
  </li>
`;

/** @param {any} coupon @returns {string[]} */
function conditions({ expiresAt, minimumSubtotal, movies, cinemas }) {
  const until = expiresAt && new Intl.DateTimeFormat(formatLocale(), { dateStyle: "long" }).format(new Date(expiresAt));
  const names = (/** @type {({title?: string, name?: string} | null)[]} */ list) => listOf(list.map((one) => one?.title ?? one?.name ?? "").filter(Boolean));
  return [
    until && t("offers.until", { date: until }),
    minimumSubtotal && t("offers.minimum", { amount: money(minimumSubtotal) }),
    movies.length && t("offers.for", { names: names(movies) }),
    cinemas.length && t("offers.at", { names: names(cinemas) }),
  ].filter(Boolean);
}

/** @param {string} code */
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code);
    toast(t("offers.copied"));
  } catch {
    toast(code);
  }
}
