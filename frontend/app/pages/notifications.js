// @ts-check
/** What the person was told, newest first. */
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { requirePerson } from "../core/session.js";
import { state } from "../core/state.js";
import { MarkNotificationsRead, MyNotifications } from "./operations.js";
import { moment } from "../ui/format.js";
import { html, nothing, repeat } from "../ui/html.js";
import { emptyState } from "../ui/notice.js";
import { refreshUnread } from "../ui/unread.js";

/** @param {import("../core/router.js").Request} request */
export async function load({ signal }) {
  requirePerson();
  const ask = async (/** @type {string | null} */ after) => (await gql(MyNotifications, { after }, { signal })).myNotifications;
  const first = await ask(null);
  const nodes = state(/** @type {any[]} */ (first.nodes));
  const next = state(first.pageInfo);
  const more = async () => {
    const page = await ask(next.value.endCursor);
    nodes.value = [...nodes.value, ...page.nodes];
    next.value = page.pageInfo;
  };
  const readAll = async () => {
    const unreadIds = nodes.value.filter((message) => !message.readAt).map((message) => message.id);
    await gql(MarkNotificationsRead, { ids: unreadIds });
    nodes.value = nodes.value.map((message) => ({ ...message, readAt: message.readAt ?? new Date().toISOString() }));
    await refreshUnread();
  };
  return {
    title: t("notifications.title"),
    template: () => html`
      <div class="page narrow">
        <div class="row-wrap between mb-3">
          <h1 class="small">${t("notifications.title")}</h1>
          ${nodes.value.some((message) => !message.readAt) ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${readAll}>${t("notifications.readAll")}</button>` : nothing}
        </div>
        ${nodes.value.length
          ? html`<ul class="plain-list">${repeat(nodes.value, (message) => message.id, row)}</ul>`
          : emptyState(t("notifications.none"), t("notifications.noneText"))}
        ${next.value.hasNextPage ? html`<button class="btn btn-quiet" type="button" @click=${more}>${t("action.more")}</button>` : nothing}
      </div>
    `,
  };
}

/** @param {any} message */
const row = (message) => html`
  <li class="card-plain message ${message.readAt ? "" : "unread"}">
    <h2>${message.subject} ${message.readAt ? nothing : html`<span class="tag warn">${t("notifications.new")}</span>`}</h2>
    <p class="muted small-text mb-2">${moment(message.createdAt)}</p>
    <p class="message-body mb-1">${message.body}</p>
    ${message.booking ? html`<a href="/bookings/${message.booking.id}">${t("notifications.booking")}</a>` : nothing}
  </li>
`;
