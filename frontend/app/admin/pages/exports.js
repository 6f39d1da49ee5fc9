// @ts-check
/** Files: a report, a period and a format become a job with progress, then a file that lives for seven days. */
import { serverNow } from "../../core/clock.js";
import { missing } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { numberOf, t } from "../../core/i18n.js";
import { addDays, calendarDay, rfc3339, spanOfCalendarDay } from "../../domain/times.js";
import { moment, percent } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { choice, field } from "../../ui/field.js";
import { staffScope, staffView } from "../frame.js";
import { ExportBookings, ExportPayments, ExportSales, OwnExports } from "../operations/money.js";
import { section } from "../ui/detail.js";
import { editForm, formView } from "../ui/form.js";
import { icon } from "../ui/icon.js";
import { partOf, partView } from "../ui/part.js";
import { saved } from "../ui/saved.js";
import { dataTable } from "../ui/table.js";

const PATH = "/admin/exports";
const REPORTS = ["BOOKINGS", "SALES", "PAYMENTS"];
const FORMATS = ["CSV", "XLSX"];
const POLL_MS = 1000;
/** A link opens without a token for ten minutes. */
const LINKS_MS = 5 * 60_000;
const DAYS_BACK = 7;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query, { all: true });
  const title = t("staff.nav.exports");
  if (!scope.cinemas.length) return staffView({ path: PATH, title, scope, content: () => nothing });
  const zone = (scope.cinema ?? scope.cinemas[0]).timeZone;
  const today = calendarDay(serverNow(), zone);
  const own = await partOf(async () => (await gql(OwnExports, {}, { signal })).myExports, signal);
  const watch = watched(own);
  watch.look();
  const form = editForm("export", checked, async (values) => {
    const { made } = await gql(OPERATIONS[values.report], inputOf(values, scope, zone));
    if (made.userErrors.length) return made.userErrors;
    own.value.value = [made.export, ...(own.value.value ?? [])];
    watch.look();
    saved(t("staff.exports.started"), { object: { type: "Export", id: made.export.id } });
    return [];
  });
  const given = (/** @type {string} */ name, /** @type {string} */ usual) => (DAY.test(query.get(name) ?? "") ? String(query.get(name)) : usual);
  const fields = () => html`<div class="field-grid">
    ${choice(form, { name: "report", label: t("staff.exports.report"), value: REPORTS.find((each) => each === query.get("report")) ?? "BOOKINGS", options: REPORTS.map((value) => ({ value, label: t(`staff.exportKind.${value}`) })) })}
    ${field(form, { name: "from", label: t("staff.word.from"), type: "date", value: given("from", addDays(today, 1 - DAYS_BACK)) })}
    ${field(form, { name: "to", label: t("staff.word.to"), type: "date", value: given("to", today) })}
    ${choice(form, { name: "format", label: t("staff.exports.format"), value: "CSV", options: FORMATS.map((value) => ({ value, label: t(`staff.exportFormat.${value}`) })) })}
  </div>`;
  return staffView({
    path: PATH,
    title,
    scope,
    content: () => html`
      ${formView(form, fields(), { submit: t("staff.exports.make") })}
      ${section("own", t("staff.exports.own"), partView(own, (files) => (files.length ? table(files) : html`<p class="muted">${t("staff.exports.none")}</p>`)))}
    `,
    dispose: watch.stop,
  });
}

const OPERATIONS = /** @type {Record<string, string>} */ ({ BOOKINGS: ExportBookings, SALES: ExportSales, PAYMENTS: ExportPayments });

/** @param {import("../../core/forms.js").Values} values */
function checked(values) {
  const found = missing(values, { from: t("staff.word.from"), to: t("staff.word.to") });
  return !found.length && values.from > values.to ? [{ name: "to", message: t("staff.exports.backwards") }] : found;
}

/** @param {import("../../core/forms.js").Values} values @param {import("../frame.js").Scope} scope @param {string} zone */
function inputOf({ report, from, to, format }, { cinema }, zone) {
  const cinemaId = cinema?.id ?? null;
  if (report !== "BOOKINGS") return { from, to, cinemaId, format };
  const span = { from: rfc3339(spanOfCalendarDay(from, zone).from), to: rfc3339(spanOfCalendarDay(to, zone).to) };
  return { filter: { cinemaId, ...span }, format };
}

/** Asks again: often while a file is being made, else before its links are over. @param {import("../ui/part.js").Part<any[]>} part */
function watched(part) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let stopped = false;
  const look = () => {
    clearTimeout(timer);
    const isMaking = part.value.value?.some(({ status }) => status === "RUNNING");
    if (!stopped) timer = setTimeout(() => void part.again().then(look), isMaking ? POLL_MS : LINKS_MS);
  };
  return {
    look,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** @param {any[]} files */
const table = (files) =>
  dataTable({
    label: t("staff.exports.own"),
    rows: files,
    columns: [
      { label: t("staff.exports.report"), heading: true, cell: ({ kind, format }) => html`${t(`staff.exportKind.${kind}`)} <span class="muted small-text">${format}</span>` },
      { label: t("staff.exports.asked"), nowrap: true, cell: ({ createdAt }) => html`<span class="figures">${moment(createdAt)}</span>` },
      { label: t("staff.exports.rows"), num: true, cell: ({ rows }) => (rows === null ? "–" : numberOf(rows)) },
      { label: t("staff.word.status"), cell: progress },
      { label: t("staff.exports.until"), nowrap: true, cell: ({ expiresAt }) => html`<span class="figures">${moment(expiresAt)}</span>` },
    ],
  });

/** @param {any} file */
function progress({ kind, status, progress: share, url }) {
  if (status === "FAILED") return html`<span class="tag bad">${t("staff.exports.failed")}</span>`;
  if (status === "READY" && url) {
    // The link is signed for whoever asked; it leads to this very origin.
    const { pathname, search } = new URL(url, window.location.href);
    return html`<a class="btn btn-quiet btn-sm" href=${pathname + search} download data-external>${icon("download")} ${t("staff.exports.get")}<span class="visually-hidden-text">: ${t(`staff.exportKind.${kind}`)}</span></a>`;
  }
  return html`<div class="row-wrap"><progress aria-label=${t("staff.exports.running")} max="1" .value=${share}></progress> <span class="figures small-text">${percent(share)}</span></div>`;
}
