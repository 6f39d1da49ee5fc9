// @ts-check
/** Everybody with an account: who works here, as what, and who comes as a guest. */
import { gql } from "../../core/gql.js";
import { listOf as inWords, t } from "../../core/i18n.js";
import { html, nothing } from "../../ui/html.js";
import { staffView } from "../frame.js";
import { StaffCinemas } from "../operations/house.js";
import { FindUsers } from "../operations/people.js";
import { allOf } from "../ui/connection.js";
import { icon } from "../ui/icon.js";
import { listOf, listView } from "../ui/list.js";

const PATH = "/admin/users";
export const ROLES = ["CUSTOMER", "STAFF", "MANAGER", "ADMIN"];
/** Roles that hold for cinemas. */
export const LOCAL_ROLES = ["STAFF", "MANAGER"];

/** @typedef {{id: string, name: string, city: string}} Cinema */

/** @param {string} role */
export const roleText = (role) => t(`staff.role.${role}`);

/** Names of the cinemas somebody works for. @param {string[] | null} ids @param {Cinema[]} cinemas */
export const cinemaNames = (ids, cinemas) => inWords((ids ?? []).map((id) => cinemas.find((cinema) => cinema.id === id)?.name ?? id));

/** @param {{active: boolean | null}} user */
export const activeTag = ({ active }) => (active ? { kind: "ok", text: t("staff.users.active") } : { kind: "bad", text: t("staff.users.off") });

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const role = ROLES.find((each) => each === query.get("role")) ?? null;
  const active = { yes: true, no: false }[query.get("active") ?? ""] ?? null;
  const search = query.get("q")?.trim() || null;
  const [list, cinemas] = await Promise.all([
    listOf(async (after) => (await gql(FindUsers, { search, role, active, after }, { signal })).users, signal),
    allOf(StaffCinemas, "cinemas", {}, signal).catch(() => []),
  ]);
  const title = t("staff.nav.users");
  return staffView({
    path: PATH,
    title,
    actions: () => html`<a class="btn btn-primary" href="${PATH}/new">${icon("plus-lg")} ${t("staff.users.invite")}</a>`,
    content: () =>
      listView({
        list,
        filters: filters(),
        query,
        label: title,
        columns: columns(cinemas),
        count: (total) => t("staff.users.found", { count: total }),
        empty: { heading: t("staff.users.none"), text: t("staff.users.noneText"), action: { href: PATH, label: t("staff.list.clear") } },
      }),
  });
}

/** @returns {import("../ui/list.js").Filter[]} */
const filters = () => [
  { name: "q", kind: "search", label: t("staff.users.search") },
  { name: "role", kind: "choice", label: t("staff.users.role"), options: [{ value: "", label: t("staff.word.any") }, ...ROLES.map((value) => ({ value, label: roleText(value) }))] },
  {
    name: "active", kind: "choice", label: t("staff.word.status"),
    options: [{ value: "", label: t("staff.word.any") }, { value: "yes", label: t("staff.users.active") }, { value: "no", label: t("staff.users.off") }],
  },
];

/** @param {Cinema[]} cinemas @returns {import("../ui/table.js").Column[]} */
const columns = (cinemas) => [
  { label: t("account.name"), heading: true, cell: ({ id, name }) => html`<a href="${PATH}/${id}">${name}</a>` },
  { label: t("account.email"), cell: ({ email }) => email ?? "–" },
  { label: t("staff.users.role"), cell: ({ role, cinemaIds }) => html`<div>${roleText(role)}${cinemaIds?.length ? html`<div class="muted small-text">${cinemaNames(cinemaIds, cinemas)}</div>` : nothing}</div>` },
  { label: t("staff.users.codes"), cell: ({ totpEnabled }) => t(totpEnabled ? "staff.users.codesOn" : "staff.users.codesOff") },
  { label: t("staff.word.status"), cell: (user) => html`<span class="tag ${activeTag(user).kind}">${activeTag(user).text}</span>` },
];
