// @ts-check
/** What somebody may do here, and in which cinemas. */
import { t } from "../../core/i18n.js";
import { choice } from "../../ui/field.js";
import { html, nothing } from "../../ui/html.js";
import { choices, ticked } from "../ui/choices.js";
import { LOCAL_ROLES, ROLES, roleText } from "./users.js";

/**
 * @param {import("../ui/form.js").EditForm} form
 * @param {{role: import("../../../vendor/signals-core/signals-core.js").Signal<string>, cinemaIds: string[], cinemas: import("./users.js").Cinema[], roles?: string[]}} who
 * role: the one chosen now
 */
export const roleFields = (form, { role, cinemaIds, cinemas, roles = ROLES }) => html`
  ${choice(form, { name: "role", label: t("staff.users.role"), hint: t("staff.users.roleHint"), value: role.value, options: roles.map((value) => ({ value, label: roleText(value) })), onChange: (value) => (role.value = value) })}
  ${LOCAL_ROLES.includes(role.value)
    ? choices({
        id: `${form.id}-cinemaIds`,
        prefix: "cinema",
        legend: t("staff.users.cinemas"),
        options: cinemas.map(({ id, name, city }) => ({ value: id, label: `${city} – ${name}` })),
        chosen: cinemaIds,
        fault: form.faultOf("cinemaIds"),
      })
    : nothing}
`;

/** Whoever works for cinemas works for one at least. @param {import("../../core/forms.js").Values} values @returns {import("../../core/forms.js").Fault[]} */
export const roleFaults = (values) =>
  LOCAL_ROLES.includes(values.role) && !ticked(values, "cinema").length ? [{ name: "cinemaIds", message: t("staff.users.noCinema") }] : [];

/** @param {import("../../core/forms.js").Values} values */
export const roleInput = (values) => ({ role: values.role, cinemaIds: LOCAL_ROLES.includes(values.role) ? ticked(values, "cinema") : [] });
