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
import { dayStrip } from "../../ui/showtimes.js";
import { toast } from "../../ui/toast.js";
import { staffScope, staffView } from "../frame.js";
import { PublishShowtimes } from "../operations/programme.js";
import { dayProgramme, programmeTable } from "../programme.js";
import { withCinema } from "../rail.js";
import { icon } from "../ui/icon.js";
import { partOf, partView } from "../ui/part.js";
import { saved } from "../ui/saved.js";

const DAYS = 16;
const PATH = "/admin/showtimes";

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.nav.showtimes");
  const { cinema } = scope;
  if (!cinema) return staffView({ path: PATH, title, scope, content: () => nothing });
  const today = cinemaDay(serverNow(), cinema.timeZone);
  const days = daysFrom(addDays(today, -1), DAYS);
  const day = days.find((each) => each === query.get("date")) ?? today;
  const showtimes = await partOf(() => dayProgramme(cinema, day, signal), signal);
  const publish = (/** @type {any} */ showtime) =>
    showtime.status === "DRAFT" && atLeast("MANAGER")
      ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${() => publishOne(showtime.id)}>${t("staff.showtimes.publish")}</button>`
      : nothing;
  return staffView({
    path: PATH,
    title,
    scope,
    actions: () => (atLeast("MANAGER") ? html`<a class="btn btn-primary" href=${withCinema(`/admin/showtimes/new?date=${day}`)}>${icon("calendar-plus")} ${t("staff.schedule.title")}</a>` : nothing),
    content: () => html`
      ${dayStrip({ days, chosen: day, today, open: null, hrefOf: (each) => withQuery({ date: each }), label: t("day.choose") })}
      <div class="mt-3">${partView(showtimes, (all) => programmeTable(all, publish))}</div>
    `,
  });
}

/** @param {string} id */
async function publishOne(id) {
  try {
    const { publishShowtimes } = await gql(PublishShowtimes, { ids: [id] });
    const [refusal] = publishShowtimes.userErrors;
    if (refusal) toast(refusalText(refusal));
    else saved(t("staff.showtimes.published"), { object: { type: "Showtime", id } });
  } catch (error) {
    toast(failureText(error));
  }
  await reload();
}
