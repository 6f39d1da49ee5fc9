// @ts-check
/** An invitation: an account without a password, and a mail with a link to choose one. */
import { badEmail, missing } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate } from "../../core/router.js";
import { state } from "../../core/state.js";
import { field } from "../../ui/field.js";
import { html } from "../../ui/html.js";
import { staffView } from "../frame.js";
import { StaffCinemas } from "../operations/house.js";
import { InviteUser } from "../operations/people.js";
import { allOf } from "../ui/connection.js";
import { editForm, formView } from "../ui/form.js";
import { saved } from "../ui/saved.js";
import { roleFaults, roleFields, roleInput } from "./role-fields.js";

const PATH = "/admin/users";

/** @param {import("../../core/router.js").Request} request */
export async function load({ signal }) {
  const cinemas = await allOf(StaffCinemas, "cinemas", {}, signal);
  const role = state("STAFF");
  let made = "";
  const form = editForm(
    "invite",
    (values) => [...missing(values, { name: t("account.name"), email: t("account.email") }), ...badEmail(values, "email"), ...roleFaults(values)],
    async (values) => {
      const { user, userErrors } = (await gql(InviteUser, { input: { name: values.name, email: values.email, ...roleInput(values) } })).inviteUser;
      made = user?.id ?? "";
      return userErrors.map(forStaff);
    },
    async () => {
      saved(t("staff.users.invited"), { object: { type: "User", id: made } });
      await navigate(`${PATH}/${made}`, { replace: true });
    },
  );
  const fields = () => html`
    <div class="field-grid">
      ${field(form, { name: "name", label: t("account.name"), maxlength: 120, autocomplete: "off" })}
      ${field(form, { name: "email", label: t("account.email"), type: "email", autocomplete: "off" })}
    </div>
    ${roleFields(form, { role, cinemaIds: [], cinemas })}
  `;
  return staffView({
    path: PATH,
    title: t("staff.users.invite"),
    lead: () => t("staff.users.inviteText"),
    back: { href: PATH, label: t("staff.nav.users") },
    content: () => formView(form, fields(), { submit: t("staff.users.send"), cancel: { href: PATH, label: t("staff.cinema.cancel") } }),
  });
}

/** Guests are told to sign in instead; whoever invites has to look the account up. @param {import("../../core/forms.js").UserError} refusal */
const forStaff = (refusal) => (refusal.code === "EMAIL_TAKEN" ? { ...refusal, code: "", message: t("staff.users.taken") } : refusal);
