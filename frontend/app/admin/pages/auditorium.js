// @ts-check
/** Draws the real room once: an auditorium's name, formats and seating plan; saved as a new version. */
import { serverNow } from "../../core/clock.js";
import { AppError } from "../../core/errors.js";
import { missing } from "../../core/forms.js";
import { gql, gqlPartial } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate } from "../../core/router.js";
import { state } from "../../core/state.js";
import { rfc3339 } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { field } from "../../ui/field.js";
import { firstZoom } from "../../ui/seat-map.js";
import { seatsOf } from "../domain/seating-plan.js";
import { staffScope, staffView } from "../frame.js";
import { AuditoriumPlan, CreateAuditorium, DeleteAuditorium, PlanInUse, PricesInUse, UpdateAuditorium } from "../operations/house.js";
import { editForm, formView } from "../ui/form.js";
import { removal } from "../ui/removal.js";
import { saved } from "../ui/saved.js";
import { mayManage } from "./cinema-facts.js";
import { createEditor } from "./plan-editor.js";
import { guestsRoom, planRoom } from "./plan-room.js";
import { addPanel, chosenPanel, keysPanel, problemsPanel, textPanel, toolbar } from "./plan-tools.js";

/** @typedef {import("./plan-editor.js").Editor} Editor */
/** @typedef {{id: string | null, name: string, formats: string[], capacity: number, layoutVersion: number, rows: import("../domain/seating-plan.js").Plan}} Auditorium id null: not saved yet */

/** What a plan is refused with that was drawn from an older version. */
const CHANGED = "SEATING_PLAN_CHANGED";

/** @param {import("../../core/router.js").Request} request */
export async function load({ params, query, signal }) {
  const { auditorium: known, cinema } = params.id ? await existing(params.id, signal) : await newIn(query);
  if (!mayManage(cinema.id)) throw new AppError("FORBIDDEN", "Not of this cinema");
  const use = await inUse(cinema.id, known.id, signal);
  const auditorium = state(/** @type {Auditorium} */ (known));
  const editor = createEditor(known.rows, use.priced, () => editor.isChanged() && (form.changed.value = true));
  const form = saving(auditorium, cinema, editor);
  if (known.rows.length) editor.zoom.value = firstZoom(seatsOf(known.rows));
  return staffView({
    path: "/admin/cinemas",
    title: known.id ? known.name : t("staff.plan.new"),
    back: { href: `/admin/cinemas/${cinema.id}`, label: cinema.name },
    lead: () => (known.id ? html`${t("staff.plan.version", { version: String(auditorium.value.layoutVersion) })} · ${t("staff.plan.seats", { count: auditorium.value.capacity })}` : nothing),
    content: () => html`
      ${known.id ? html`<div class="mb-3">${notice("info", html`<p>${use.showtimes ? t("staff.plan.keepsCount", { count: use.showtimes }) : t("staff.plan.keeps")}</p>`)}</div>` : nothing}
      ${formView(form, facts(form, known), { submit: t(known.id ? "staff.plan.saveVersion" : "staff.plan.create") })}
      ${drawing(editor, auditorium.value.name)}
      ${known.id ? html`<div class="detail-section">${removing(known, cinema)}</div>` : nothing}
    `,
  });
}

/** @param {Editor} editor @param {string} name */
function drawing(editor, name) {
  const label = t("staff.plan.label", { auditorium: name || t("staff.plan.new") });
  const isEmpty = !editor.plan.value.length;
  return html`
    <div class="plan-page ${isEmpty ? "empty" : ""}">
      <div class="plan-main">
        ${toolbar(editor)}
        <div class="room-card plan-card">
          ${isEmpty
            ? html`<div class="empty-state"><h2>${t("staff.plan.empty")}</h2><p class="muted">${t("staff.plan.emptyText")}</p></div>`
            : editor.preview.value && !editor.faults.value.length ? guestsRoom(editor, label) : planRoom(editor, label)}
          <p class="muted small-text plan-note" id="plan-keys">${t("staff.plan.keysShort")}</p>
        </div>
        ${problemsPanel(editor)}
      </div>
      <div class="plan-side">${isEmpty ? nothing : chosenPanel(editor)} ${addPanel(editor)}</div>
      <div class="plan-written">${textPanel(editor)} ${keysPanel()}</div>
    </div>
  `;
}

/** @param {import("../ui/form.js").EditForm} form @param {Auditorium} auditorium */
const facts = (form, { name, formats }) => html`
  <div class="field-grid">
    ${field(form, { name: "name", label: t("staff.plan.auditoriumName"), value: name, maxlength: 80, autocomplete: "off" })}
    ${field(form, { name: "formats", label: t("staff.plan.formats"), value: formats.join(", "), autocomplete: "off" })}
  </div>
`;

/**
 * @param {import("../../../vendor/signals-core/signals-core.js").Signal<Auditorium>} auditorium
 * @param {{id: string}} cinema @param {Editor} editor
 */
function saving(auditorium, cinema, editor) {
  const { id } = auditorium.peek();
  const faults = () => [
    ...editor.textFaults.value.map(({ line }) => ({ name: null, message: t("staff.plan.textFault", { line: String(line) }) })),
    ...editor.faults.value.map(({ code, values }) => ({ name: null, message: t(`staff.planFault.${code}`, values) })),
  ];
  return editForm(
    "auditorium",
    (values) => [...missing(values, { name: t("staff.plan.auditoriumName") }), ...faults()],
    async (values) => {
      const formats = values.formats.split(",").map((format) => format.trim()).filter(Boolean);
      const input = { cinemaId: cinema.id, name: values.name, formats, rows: editor.plan.value };
      const answer = id ? await gql(UpdateAuditorium, { id, input, seen: auditorium.value.layoutVersion }) : await gql(CreateAuditorium, { input });
      const payload = answer.updateAuditorium ?? answer.createAuditorium;
      if (payload.auditorium && !payload.userErrors.length) {
        auditorium.value = payload.auditorium;
        editor.kept();
      }
      return payload.userErrors.map((/** @type {import("../../core/forms.js").UserError} */ refusal) => (refusal.code === CHANGED ? { ...refusal, message: t("staff.plan.changedMeanwhile") } : refusal));
    },
    async () => {
      const now = auditorium.value;
      saved(t("staff.plan.saved", { version: String(now.layoutVersion) }), { object: { type: "Auditorium", id: String(now.id) } });
      if (!id) await navigate(`/admin/auditoriums/${now.id}`, { replace: true });
    },
  );
}

/** @param {Auditorium} auditorium @param {{id: string}} cinema */
const removing = ({ id, name }, cinema) =>
  removal({
    id: "auditorium-remove",
    label: t("staff.plan.delete"),
    heading: t("staff.plan.deleteHeading", { name }),
    text: t("staff.plan.deleteText"),
    remove: async () => (await gql(DeleteAuditorium, { id })).deleteAuditorium.userErrors,
    done: async () => {
      saved(t("staff.plan.deleted", { name }), { object: { type: "Auditorium", id: String(id) } });
      await navigate(`/admin/cinemas/${cinema.id}`);
    },
  });

/** @param {URLSearchParams} query */
async function newIn(query) {
  const { cinema } = await staffScope(query);
  if (!cinema) throw new AppError("NOT_FOUND", "No cinema to put it in");
  return { cinema, auditorium: { id: null, name: "", formats: ["2D"], capacity: 0, layoutVersion: 0, rows: [] } };
}

/** @param {string} id @param {AbortSignal} signal */
async function existing(id, signal) {
  const { auditorium } = await gql(AuditoriumPlan, { id }, { signal });
  if (!auditorium) throw new AppError("NOT_FOUND", "No such auditorium");
  return { cinema: auditorium.cinema, auditorium };
}

/**
 * Which categories coming showtimes have prices for, and how many of these are in the room. Drawing goes on without an answer.
 * @param {string} cinemaId @param {string | null} auditoriumId @param {AbortSignal} signal
 */
async function inUse(cinemaId, auditoriumId, signal) {
  const given = { cinemaId, from: rfc3339(new Date(serverNow())) };
  const asked = auditoriumId ? gqlPartial(PlanInUse, { ...given, auditoriumId }, { signal }) : gqlPartial(PricesInUse, given, { signal });
  const { data } = await asked.catch((error) => {
    if (signal.aborted) throw error;
    return { data: {} };
  });
  const nodes = /** @type {{prices: {category: string}[]}[]} */ (data.house?.nodes ?? []);
  return { priced: nodes.length ? new Set(nodes.flatMap(({ prices }) => prices.map(({ category }) => category))) : null, showtimes: data.room?.totalCount ?? 0 };
}
