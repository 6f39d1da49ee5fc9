// @ts-check
/** One cinema: what it is, its auditoriums, how it sells, and seating plans from a table. */
import { AppError } from "../../core/errors.js";
import { gql, gqlPartial, whyMissing } from "../../core/gql.js";
import { numberOf, t } from "../../core/i18n.js";
import { navigate, reload, withQuery } from "../../core/router.js";
import { atLeast } from "../../core/session.js";
import { state } from "../../core/state.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState, notice } from "../../ui/notice.js";
import { forgetCinemas, staffView } from "../frame.js";
import { DeleteCinema, ImportSeatingPlans, StaffCinema, UpdateCinema } from "../operations/house.js";
import { detailView, section } from "../ui/detail.js";
import { editForm, formView } from "../ui/form.js";
import { icon } from "../ui/icon.js";
import { removal } from "../ui/removal.js";
import { saved } from "../ui/saved.js";
import { dataTable } from "../ui/table.js";
import { tableImport } from "../ui/table-import.js";
import { cinemaFacts, cinemaFaults, cinemaFields, cinemaInput, mayManage } from "./cinema-facts.js";
import { policyFacts, policyPart } from "./cinema-policy.js";

const PATH = "/admin/cinemas";
const EDIT = "edit";

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const { data, errors } = await gqlPartial(StaffCinema, { id: params.id }, { signal });
  if (!data.cinema) throw whyMissing(errors, "cinema");
  const { cinema } = data;
  const may = mayManage(cinema.id);
  const editing = query.has(EDIT);
  if (editing && !may) throw new AppError("FORBIDDEN", "Not of this cinema");
  const form = editing ? factsForm(cinema) : null;
  const policy = may && cinema.bookingPolicy ? policyPart(cinema) : null;
  const rooms = state(cinema.auditoriums);
  const plans = may ? planImport(cinema.id, rooms) : null;
  return staffView({
    path: PATH,
    title: cinema.name,
    back: { href: PATH, label: t("staff.nav.cinemas") },
    content: () => html`
      ${form
        ? formView(form, cinemaFields(form, cinema), { submit: t("staff.cinema.save"), cancel: { href: withQuery({ [EDIT]: null }), label: t("staff.cinema.cancel") } })
        : detailView({ facts: cinemaFacts(cinema), actions: may ? actions(cinema) : [] })}
      ${auditoriums(cinema.id, rooms.value, may)}
      ${section("policy", t("staff.policy.heading"), policy ? policy() : cinema.bookingPolicy ? policyFacts(cinema.bookingPolicy) : withoutRules())}
      ${plans ? section("plan-import", t("staff.import.plans"), plans()) : nothing}
    `,
  });
}

/** Bookings are elsewhere: they hear of a new cinema a moment later, and may be away. */
const withoutRules = () =>
  notice("warn", html`<p>${t("staff.policy.missing")}</p><p><button class="btn btn-quiet btn-sm" type="button" @click=${reload}>${t("action.retry")}</button></p>`);

/** @param {any} cinema */
const actions = (cinema) => [
  html`<a class="btn btn-quiet" href=${withQuery({ [EDIT]: "1" })}>${icon("pencil")} ${t("staff.cinema.edit")}</a>`,
  ...(atLeast("ADMIN") ? [removing(cinema)] : []),
];

/** @param {string} cinemaId @param {any[]} rooms @param {boolean} may */
function auditoriums(cinemaId, rooms, may) {
  const add = { href: `/admin/auditoriums/new?cinema=${cinemaId}`, label: t("staff.plan.new") };
  return section(
    "auditoriums",
    t("staff.cinemas.auditoriums"),
    rooms.length ? dataTable({ label: t("staff.cinemas.auditoriums"), rows: rooms, columns: roomColumns(may) }) : emptyState(t("staff.cinema.noAuditorium"), t("staff.cinema.noAuditoriumText"), may ? add : undefined),
    { actions: may && rooms.length ? html`<a class="btn btn-primary" href=${add.href}>${icon("plus-lg")} ${add.label}</a>` : undefined },
  );
}

/** @param {boolean} may @returns {import("../ui/table.js").Column[]} */
const roomColumns = (may) => [
  { label: t("staff.word.auditorium"), heading: true, cell: ({ id, name }) => (may ? html`<a href="/admin/auditoriums/${id}">${name}</a>` : name) },
  { label: t("staff.plan.formats"), cell: ({ formats }) => formats.join(", ") },
  { label: t("staff.word.seats"), num: true, cell: ({ capacity }) => numberOf(capacity) },
  { label: t("staff.plan.versionWord"), num: true, cell: ({ layoutVersion }) => numberOf(layoutVersion) },
];

/** @param {any} cinema */
const factsForm = (cinema) =>
  editForm(
    "cinema",
    cinemaFaults,
    async (values) => (await gql(UpdateCinema, { id: cinema.id, input: cinemaInput(values) })).updateCinema.userErrors,
    async () => {
      forgetCinemas();
      saved(t("staff.cinema.saved"), { object: { type: "Cinema", id: cinema.id } });
      await navigate(`${PATH}/${cinema.id}`, { replace: true });
    },
  );

/** @param {{id: string, name: string}} cinema */
const removing = ({ id, name }) =>
  removal({
    id: "cinema-remove",
    label: t("staff.cinema.delete"),
    heading: t("staff.plan.deleteHeading", { name }),
    text: t("staff.cinema.deleteText"),
    remove: async () => (await gql(DeleteCinema, { id })).deleteCinema.userErrors,
    done: async () => {
      forgetCinemas();
      saved(t("staff.plan.deleted", { name }), { object: { type: "Cinema", id } });
      await navigate(PATH);
    },
  });

/**
 * Auditoriums from a table; the report stays while the list of them is asked for anew.
 * @param {string} cinemaId @param {import("../../../vendor/signals-core/signals-core.js").Signal<any[]>} rooms
 */
const planImport = (cinemaId, rooms) =>
  tableImport({
    id: "plans",
    words: planWords(),
    ask: async (dryRun) => (await gql(ImportSeatingPlans, { cinemaId, dryRun })).createSeatingPlanImport,
    after: async () => (rooms.value = (await gql(StaffCinema, { id: cinemaId })).cinema.auditoriums),
  });

const planWords = () => ({
  text: t("staff.import.plansText"),
  columns: t("staff.import.plansColumns"),
  example: t("staff.import.plansExample"),
  made: (/** @type {number} */ count) => t("staff.import.plansMade", { count }),
  changed: (/** @type {number} */ count) => t("staff.import.plansChanged", { count }),
});
