// @ts-check
/** Is it us? Each service, the ways between them, what waits and what was laid aside; asked anew every five seconds. */
import { isUnanswered } from "../../core/errors.js";
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { askHealth } from "../../core/health.js";
import { formatLocale, numberOf, t } from "../../core/i18n.js";
import { state } from "../../core/state.js";
import { dateFormat } from "../../domain/formats.js";
import { moment } from "../../ui/format.js";
import { html, nothing } from "../../ui/html.js";
import { notice } from "../../ui/notice.js";
import { staffView } from "../frame.js";
import { DeadLetters, ReplayDeadLetters, SystemStatus } from "../operations/system.js";
import { section } from "../ui/detail.js";
import { partOf, partView } from "../ui/part.js";
import { saved } from "../ui/saved.js";
import { dataTable } from "../ui/table.js";
import { closeDialog, dialog, openDialog } from "../../ui/dialog.js";

const PATH = "/admin/system";
const REFRESH_MS = 5000;
const REPLAY = "replay-letters";
const TAGS = /** @type {Record<string, string>} */ ({ OK: "ok", DEGRADED: "warn", STOPPED: "bad", CLOSED: "ok", HALF_OPEN: "warn", OPEN: "bad" });

/** @typedef {import("../ui/part.js").Part<any>} Part */

/** @param {import("../../core/router.js").Request} request */
export async function load({ signal }) {
  const part = await partOf(() => ask(signal), signal);
  const chosen = state(/** @type {string | null} */ (null));
  const letters = state(/** @type {any[] | null} */ (null));
  const fault = state(/** @type {string | null} */ (null));
  const show = async (/** @type {string} */ service) => {
    chosen.value = service;
    letters.value = null;
    fault.value = null;
    try {
      letters.value = (await gql(DeadLetters, { service }, { signal })).deadLetters;
    } catch (error) {
      if (!signal.aborted) fault.value = failureText(error);
    }
  };
  const replay = async () => {
    const service = String(chosen.value);
    try {
      const [refusal] = (await gql(ReplayDeadLetters, { service })).replayDeadLetters.userErrors;
      fault.value = refusal ? refusalText(refusal) : null;
      if (refusal) return;
    } catch (error) {
      fault.value = failureText(error);
      return;
    }
    closeDialog(REPLAY);
    saved(t("staff.system.replayed"), { object: { type: "Service", id: service } });
    await Promise.all([show(service), part.again()]);
  };
  const timer = setInterval(() => {
    if (!document.hidden && !part.busy.value) void part.again();
  }, REFRESH_MS);
  return staffView({
    path: PATH,
    title: t("staff.nav.system"),
    lead: () => (part.value.value ? html`<span role="status">${t("staff.system.askedAt", { time: clock(part.value.value.at) })}</span>` : nothing),
    content: () => html`
      ${partView(part, (status) => content(status, show), { lines: 8 })}
      ${chosen.value ? lettersView(chosen.value, letters.value, fault.value) : nothing}
      ${replayDialog(chosen.value, fault.value, replay)}
    `,
    dispose: () => clearInterval(timer),
  });
}

/** What the services tell; where the one that gathers it is away, what the gateway sees. @param {AbortSignal} signal */
async function ask(signal) {
  try {
    return (await gql(SystemStatus, {}, { signal })).systemStatus;
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    const parts = await askHealth(signal);
    const services = Object.entries(parts).map(([name, { status }]) => ({ name, status: status === "ok" ? "OK" : "STOPPED", peers: [] }));
    return { at: new Date().toISOString(), services, isShort: true };
  }
}

/** @param {string} instant */
const clock = (instant) => dateFormat(formatLocale(), { timeStyle: "medium", hourCycle: "h23" }).format(new Date(instant));

/** @param {any} status @param {(service: string) => void} show */
function content({ services, lastBackupAt, isShort }, show) {
  const ways = services.flatMap((/** @type {any} */ service) => [
    ...(service.breaker ? [{ ...service.breaker, from: "gateway", to: service.name }] : []),
    ...service.peers.map((/** @type {any} */ peer) => ({ ...peer, from: service.name, to: peer.name })),
  ]);
  // A way that was never in trouble needs no line of its own.
  const troubled = ways.filter((/** @type {any} */ way) => way.state !== "CLOSED" || way.lastError);
  return html`
    ${isShort ? notice("warn", html`<p>${t("staff.system.short")}</p>`) : nothing}
    ${section("services", t("staff.system.services"), serviceTable(services, show))}
    ${isShort ? nothing : html`
      ${section("ways", t("staff.system.ways"), troubled.length ? wayTable(troubled) : html`<p class="muted">${t("staff.system.allClosed", { count: ways.length })}</p>`)}
      ${section("backup", t("staff.system.backup"), html`<p>${lastBackupAt ? moment(lastBackupAt) : t("staff.system.noBackup")}</p>`)}
    `}
  `;
}

const orDash = (/** @type {number | null | undefined} */ value) => (value === null || value === undefined ? "–" : numberOf(value));

/** @param {any[]} services @param {(service: string) => void} show */
const serviceTable = (services, show) =>
  dataTable({
    label: t("staff.system.services"),
    rows: services.map((service) => ({ ...service, id: service.name })),
    columns: [
      { label: t("staff.system.service"), heading: true, cell: ({ name }) => html`<code>${name}</code>` },
      { label: t("staff.word.status"), cell: ({ status }) => html`<span class="tag ${TAGS[status]}">${t(`staff.serviceState.${status}`)}</span>` },
      { label: t("staff.system.requests"), num: true, cell: ({ requests }) => orDash(requests) },
      { label: t("staff.system.p95"), num: true, cell: ({ p95Milliseconds: p95 }) => (p95 === null || p95 === undefined ? "–" : t("staff.system.ms", { value: numberOf(p95) })) },
      { label: t("staff.system.errors"), num: true, cell: ({ errorRate: rate }) => (rate === null || rate === undefined ? "–" : numberOf(rate, { style: "percent", maximumFractionDigits: 1 })) },
      { label: t("staff.system.outbox"), num: true, cell: outbox },
      { label: t("staff.system.queue"), num: true, cell: ({ queueDepth }) => orDash(queueDepth) },
      { label: t("staff.system.letters"), num: true, cell: ({ name, deadLetters }) => (deadLetters ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${() => show(name)}>${t("staff.system.show", { count: deadLetters })}<span class="visually-hidden-text">: ${name}</span></button>` : orDash(deadLetters)) },
    ],
  });

/** Events that wait to be sent, and since when the oldest does. @param {any} service */
const outbox = ({ outboxWaiting: count, outboxAgeSeconds: age }) =>
  html`<div>${orDash(count)}${count && age !== null && age !== undefined ? html` <span class="muted small-text">${t("staff.system.age", { value: numberOf(Math.round(age)) })}</span>` : nothing}</div>`;

/** @param {any[]} ways */
const wayTable = (ways) =>
  dataTable({
    label: t("staff.system.ways"),
    rows: ways.map((way) => ({ ...way, id: `${way.from} ${way.to}` })),
    columns: [
      { label: t("staff.system.way"), heading: true, cell: ({ from, to }) => html`<code>${from} → ${to}</code>` },
      { label: t("staff.word.status"), cell: ({ state: position }) => html`<span class="tag ${TAGS[position]}">${t(`staff.breakerState.${position}`)}</span>` },
      { label: t("staff.system.since"), nowrap: true, cell: ({ since }) => html`<span class="figures">${since ? moment(since) : "–"}</span>` },
      { label: t("staff.system.lastError"), cell: ({ lastError }) => html`<div class="system-cause">${lastError ?? "–"}</div>` },
    ],
  });

/** @param {string} service @param {any[] | null} letters @param {string | null} fault */
const lettersView = (service, letters, fault) =>
  section("letters", t("staff.system.lettersOf", { service }), html`
    ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
    ${letters === null
      ? nothing
      : letters.length
        ? dataTable({
            label: t("staff.system.lettersOf", { service }),
            rows: letters.map((letter, index) => ({ ...letter, id: `${index} ${letter.id}` })),
            columns: [
              { label: t("staff.system.event"), heading: true, cell: ({ name }) => html`<code>${name || "–"}</code>` },
              { label: t("staff.system.cause"), cell: ({ cause }) => html`<div class="system-cause">${cause}</div>` },
              { label: t("staff.system.body"), cell: ({ body }) => html`<details><summary>${t("staff.system.asItCame")}</summary><pre class="system-body" tabindex="0">${body}</pre></details>` },
            ],
          })
        : html`<p class="muted">${t("staff.system.noLetters")}</p>`}
  `, { actions: letters?.length ? html`<button class="btn btn-quiet" type="button" @click=${() => openDialog(REPLAY)}>${t("staff.system.replay")}</button>` : nothing });

/** @param {string | null} service @param {string | null} fault @param {() => void} replay */
const replayDialog = (service, fault, replay) =>
  dialog({
    id: REPLAY,
    heading: t("staff.system.replayHeading"),
    content: html`
      <p>${t("staff.system.replayText", { service: service ?? "" })}</p>
      ${fault ? notice("bad", html`<p>${fault}</p>`, { role: "alert" }) : nothing}
      <div class="actions">
        <button class="btn btn-primary" type="button" @click=${replay}>${t("staff.system.replay")}</button>
        <button class="btn btn-quiet" type="button" @click=${() => closeDialog(REPLAY)}>${t("action.close")}</button>
      </div>
    `,
  });
