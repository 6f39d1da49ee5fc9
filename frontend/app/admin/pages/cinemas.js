// @ts-check
/** The house's cinemas: all of them for administrators, one's own for the rest. */
import { gql } from "../../core/gql.js";
import { numberOf, t } from "../../core/i18n.js";
import { atLeast, person } from "../../core/session.js";
import { html, nothing } from "../../ui/html.js";
import { staffView } from "../frame.js";
import { FindCinemas } from "../operations/house.js";
import { allOf } from "../ui/connection.js";
import { icon } from "../ui/icon.js";
import { listOf, listView } from "../ui/list.js";

const PATH = "/admin/cinemas";

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const search = query.get("q")?.trim() || null;
  const list = await listOf(async (after) => (atLeast("ADMIN") ? (await gql(FindCinemas, { search, after }, { signal })).cinemas : ownCinemas(search, signal)), signal);
  return staffView({
    path: PATH,
    title: t("staff.nav.cinemas"),
    actions: () => (atLeast("ADMIN") ? html`<a class="btn btn-primary" href="/admin/cinemas/new">${icon("plus-lg")} ${t("staff.cinemas.new")}</a>` : nothing),
    content: () =>
      listView({
        list,
        filters: [{ name: "q", kind: "search", label: t("staff.cinemas.search") }],
        query,
        label: t("staff.nav.cinemas"),
        columns: columns(),
        count: (total) => t("staff.cinemas.found", { count: total }),
        empty: { heading: t("staff.cinemas.none"), text: t("staff.cinemas.noneText"), action: { href: PATH, label: t("staff.list.clear") } },
      }),
  });
}

/** Few enough to come at once. @param {string | null} search @param {AbortSignal} signal */
async function ownCinemas(search, signal) {
  const all = await allOf(FindCinemas, "cinemas", { search }, signal);
  const nodes = all.filter(({ id }) => person.value?.cinemaIds?.includes(id));
  return { nodes, totalCount: nodes.length, pageInfo: { hasNextPage: false, endCursor: null } };
}

/** @returns {import("../ui/table.js").Column[]} */
const columns = () => [
  { label: t("staff.cinema.name"), heading: true, cell: ({ id, name }) => html`<a href="/admin/cinemas/${id}">${name}</a>` },
  { label: t("staff.cinema.city"), cell: ({ city }) => city },
  { label: t("staff.cinema.address"), cell: ({ address }) => address },
  { label: t("staff.cinemas.auditoriums"), num: true, cell: ({ auditoriums }) => numberOf(auditoriums.length) },
  { label: t("staff.word.seats"), num: true, cell: ({ capacity }) => numberOf(capacity) },
];
