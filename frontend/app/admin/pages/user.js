// @ts-check
/** One person: role and cinemas, the account switched off or erased, lost second factor, and their bookings. */
import { failureText, refusalText } from "../../core/forms.js";
import { gql, gqlPartial, whyMissing } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate } from "../../core/router.js";
import { person } from "../../core/session.js";
import { state } from "../../core/state.js";
import { moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { toast } from "../../ui/toast.js";
import { staffView } from "../frame.js";
import { StaffCinemas } from "../operations/house.js";
import { EraseUser, SetUserActive, SetUserRole, StaffUser, SwitchOffTotp } from "../operations/people.js";
import { allOf } from "../ui/connection.js";
import { detailView, section } from "../ui/detail.js";
import { editForm, formView } from "../ui/form.js";
import { icon } from "../ui/icon.js";
import { removal } from "../ui/removal.js";
import { saved } from "../ui/saved.js";
import { roleFaults, roleFields, roleInput } from "./role-fields.js";
import { bookingsOf, personBookings } from "./user-account.js";
import { activeTag, cinemaNames, roleText } from "./users.js";

const PATH = "/admin/users";

/** @typedef {import("../../../vendor/signals-core/signals-core.js").Signal<any>} UserSignal */

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, signal }) {
  const { data, errors } = await gqlPartial(StaffUser, { id: params.id }, { signal });
  if (!data.user) throw whyMissing(errors, "user");
  const user = state(data.user);
  const [cinemas, bookings] = await Promise.all([allOf(StaffCinemas, "cinemas", {}, signal), bookingsOf(params.id, signal)]);
  const isOwn = params.id === person.value?.id;
  const isErased = !data.user.email;
  const role = rolePart(user, cinemas);
  return staffView({
    path: PATH,
    title: data.user.name,
    back: { href: PATH, label: t("staff.nav.users") },
    content: () => html`
      ${isOwn ? notice("info", html`<p>${t("staff.user.own")} <a href="/profile">${t("staff.user.profile")}</a></p>`) : nothing}
      ${detailView({ tag: activeTag(user.value), facts: facts(user.value, cinemas), actions: isErased ? [] : actions(user, isOwn) })}
      ${isErased ? nothing : section("role", t("staff.user.roleHeading"), role())}
      ${section("bookings", t("staff.nav.bookings"), personBookings(bookings, (id) => `/admin/bookings/${id}`))}
    `,
  });
}

/** @param {any} user @param {import("./users.js").Cinema[]} cinemas @returns {[string, unknown][]} */
const facts = (user, cinemas) => [
  [t("account.email"), user.email ? `${user.email} · ${t(user.emailVerified ? "staff.user.verified" : "staff.user.unverified")}` : "–"],
  [t("staff.word.phone"), user.phone ?? "–"],
  [t("staff.users.role"), roleText(user.role)],
  [t("staff.users.cinemas"), user.cinemaIds?.length ? cinemaNames(user.cinemaIds, cinemas) : null],
  [t("staff.users.codes"), t(user.totpEnabled ? "staff.users.codesOn" : "staff.users.codesOff")],
  [t("staff.user.since"), user.createdAt ? moment(user.createdAt) : "–"],
];

/** Of the own account only what can't lock one out. @param {UserSignal} user @param {boolean} isOwn */
const actions = (user, isOwn) => [
  html`<a class="btn btn-quiet" href="${PATH}/${user.value.id}/account">${icon("eye")} ${t("staff.user.see")}</a>`,
  ...(isOwn ? [] : [user.value.active ? switchingOff(user) : switchingOn(user), ...(user.value.totpEnabled ? [withoutCodes(user)] : []), erasing(user.value)]),
];

/** @param {UserSignal} user */
const switchingOff = (user) =>
  removal({
    id: "user-off",
    label: t("staff.user.off"),
    sign: "lock",
    heading: t("staff.user.offHeading", { name: user.value.name }),
    text: t("staff.user.offText"),
    remove: () => setActive(user, false),
    done: () => saved(t("staff.user.isOff"), { object: { type: "User", id: user.value.id } }),
  });

/** @param {UserSignal} user */
function switchingOn(user) {
  const run = async () => {
    try {
      const [refusal] = await setActive(user, true);
      if (refusal) toast(refusalText(refusal));
      else saved(t("staff.user.isOn"), { object: { type: "User", id: user.value.id } });
    } catch (error) {
      toast(failureText(error));
    }
  };
  return html`<button class="btn btn-quiet" type="button" @click=${run}>${icon("check-lg")} ${t("staff.user.on")}</button>`;
}

/** @param {UserSignal} user @param {boolean} active @returns {Promise<import("../../core/forms.js").UserError[]>} */
async function setActive(user, active) {
  const { setUserActive } = await gql(SetUserActive, { userId: user.value.id, active });
  if (setUserActive.user) user.value = setUserActive.user;
  return setUserActive.userErrors;
}

/** @param {UserSignal} user */
const withoutCodes = (user) =>
  removal({
    id: "user-codes",
    label: t("staff.user.codes"),
    sign: "shield-check",
    heading: t("staff.user.codesHeading", { name: user.value.name }),
    text: t("staff.user.codesText"),
    remove: async () => {
      const { switchOffTotp } = await gql(SwitchOffTotp, { userId: user.value.id });
      if (switchOffTotp.user) user.value = switchOffTotp.user;
      return switchOffTotp.userErrors;
    },
    done: () => saved(t("staff.user.codesAreOff"), { object: { type: "User", id: user.value.id } }),
  });

/** @param {{id: string, name: string}} user */
const erasing = ({ id, name }) =>
  removal({
    id: "user-erase",
    label: t("staff.user.erase"),
    heading: t("staff.user.eraseHeading", { name }),
    text: t("staff.user.eraseText"),
    remove: async () => (await gql(EraseUser, { id })).eraseUser.userErrors,
    done: async () => {
      saved(t("staff.user.erased"), { object: { type: "User", id } });
      await navigate(PATH);
    },
  });

/** @param {UserSignal} user @param {import("./users.js").Cinema[]} cinemas @returns {() => unknown} */
function rolePart(user, cinemas) {
  const role = state(user.value.role);
  const form = editForm(
    "role",
    roleFaults,
    async (values) => {
      const { setUserRole } = await gql(SetUserRole, { input: { userId: user.value.id, ...roleInput(values) } });
      if (setUserRole.user) user.value = setUserRole.user;
      return setUserRole.userErrors;
    },
    () => saved(t("staff.user.roleSaved"), { object: { type: "User", id: user.value.id } }),
  );
  return () => formView(form, html`${roleFields(form, { role, cinemaIds: user.value.cinemaIds ?? [], cinemas })}<p class="muted small-text">${t("staff.user.sessionsEnd")}</p>`, { submit: t("staff.user.saveRole") });
}
