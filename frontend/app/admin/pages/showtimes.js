// @ts-check
/** The programme of a cinema, day by day; drafts can be published. */
import { serverNow } from "../../core/clock.js";
import { failureText, refusalText } from "../../core/forms.js";
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { reload, withQuery } from "../../core/router.js";
import { atLeast } from "../../core/session.js";
import { addDays, cinemaDay, daysFrom } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { emptyState } from "../../ui/notice.js";
import { dayStrip } from "../../ui/showtimes.js";
import { toast } from "../../ui/toast.js";
import { staffPage, staffScope } from "../frame.js";
import { PublishShowtimes } from "../operations.js";
import { dayProgramme, programmeTable } from "../programme.js";

const DAYS = 16;
const PATH = "/admin/showtimes";

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query, signal);
  const title = t("staff.showtimes");
  const { cinema } = scope;
  if (!cinema) return { title, template: () => staffPage({ path: PATH, title, content: emptyState(t("staff.noCinema"), t("staff.noCinemaText")) }) };
  const today = cinemaDay(serverNow(), cinema.timeZone);
  const days = daysFrom(addDays(today, -1), DAYS);
  const day = days.find((each) => each === query.get("date")) ?? today;
  const showtimes = await dayProgramme(cinema, day, signal);
  const publish = (/** @type {any} */ showtime) =>
    showtime.status === "DRAFT" && atLeast("MANAGER")
      ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${() => publishOne(showtime.id)}>${t("staff.publish")}</button>`
      : nothing;
  return {
    title,
    template: () =>
      staffPage({
        path: PATH,
        title,
        scope,
        content: html`
          ${dayStrip({ days, chosen: day, today, open: null, hrefOf: (each) => withQuery({ date: each }), label: t("day.choose") })}
          <div class="mt-3">${programmeTable(showtimes, publish)}</div>
          ${atLeast("MANAGER") ? html`<p class="mt-3"><a class="btn btn-primary" href="/admin/showtimes/new?date=${day}">${t("staff.schedule")}</a></p>` : nothing}
        `,
      }),
  };
}

/** @param {string} id */
async function publishOne(id) {
  try {
    const { publishShowtimes } = await gql(PublishShowtimes, { ids: [id] });
    const [refusal] = publishShowtimes.userErrors;
    toast(refusal ? refusalText(refusal) : t("staff.published"));
  } catch (error) {
    toast(failureText(error));
  }
  await reload();
}
