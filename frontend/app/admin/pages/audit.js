// @ts-check
/** Who changed what, when; nothing here can be changed. */
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { withQuery } from "../../core/router.js";
import { moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { dayBegins, dayIsOver } from "../days.js";
import { changesOf } from "../domain/changes.js";
import { staffView } from "../frame.js";
import { AuditLog } from "../operations/messages.js";
import { listOf, listView } from "../ui/list.js";

const PATH = "/admin/audit";
const OBJECTS = [
  "Auditorium", "Booking", "Cinema", "Coupon", "Export", "Movie", "Notification", "Payment", "Review", "Service", "Session", "Showtime", "Ticket", "User",
];

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const filter = {
    objectType: query.get("objectType") || null, objectId: query.get("objectId")?.trim() || null, action: query.get("action")?.trim() || null,
    actorId: query.get("actorId")?.trim() || null, from: dayBegins(query.get("from")), to: dayIsOver(query.get("to")),
  };
  const list = await listOf(async (after) => (await gql(AuditLog, { filter, after }, { signal })).auditEntries, signal);
  const title = t("staff.nav.audit");
  return staffView({
    path: PATH,
    title,
    content: () =>
      listView({
        list,
        filters: filters(),
        query,
        label: title,
        columns: columns(),
        count: (total) => t("staff.audit.found", { count: total }),
        empty: { heading: t("staff.audit.none"), text: t("staff.audit.noneText"), action: { href: PATH, label: t("staff.list.clear") } },
      }),
  });
}

/** @returns {import("../ui/list.js").Filter[]} */
const filters = () => [
  { name: "objectType", kind: "choice", label: t("staff.audit.object"), options: [{ value: "", label: t("staff.word.any") }, ...OBJECTS.map((value) => ({ value, label: t(`staff.object.${value}`) }))] },
  { name: "objectId", label: t("staff.audit.objectId") },
  { name: "action", label: t("staff.audit.action") },
  { name: "from", kind: "date", label: t("staff.word.from") },
  { name: "to", kind: "date", label: t("staff.word.to") },
];

/** @returns {import("../ui/table.js").Column[]} */
const columns = () => [
  { label: t("staff.word.when"), nowrap: true, cell: ({ at }) => html`<span class="figures">${moment(at)}</span>` },
  { label: t("staff.audit.actor"), cell: actor },
  { label: t("staff.audit.action"), heading: true, cell: ({ action }) => html`<code>${action}</code>` },
  { label: t("staff.audit.object"), cell: object },
  { label: t("staff.audit.changed"), cell: changes },
];

/** Nobody: the system itself. @param {any} entry */
const actor = ({ actor: person }) =>
  person
    ? html`<div><a href=${withQuery({ actorId: person.id })}>${person.name}</a>${person.email ? html`<div class="muted small-text">${person.email}</div>` : nothing}</div>`
    : t("staff.audit.system");

/** @param {any} entry */
const object = ({ objectType, objectId }) => html`<div>
  ${OBJECTS.includes(objectType) ? t(`staff.object.${objectType}`) : objectType}
  <div class="small-text"><a class="figures audit-id" href=${withQuery({ objectType, objectId })}>${objectId}</a></div>
</div>`;

/** @param {any} entry */
function changes({ before, after, requestId }) {
  const lines = changesOf(before, after);
  return html`<div>
    ${lines.length
      ? html`<dl class="audit-changes">${lines.map(
          (line) => html`<dt>${line.part}</dt><dd>
            ${line.before === null ? nothing : html`<del>${line.before}</del>`}
            ${line.after === null ? nothing : html`<ins>${line.after}</ins>`}
          </dd>`,
        )}</dl>`
      : "–"}
    ${requestId ? html`<div class="muted small-text">${t("staff.audit.request")} <span class="figures audit-id">${requestId}</span></div>` : nothing}
  </div>`;
}
