// @ts-check
/** The programme of a cinema, day by day: a timeline to fill without clashes, the same as a table, drafts to publish. */
import { serverNow } from "../../core/clock.js";
import { failureText } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { withQuery } from "../../core/router.js";
import { atLeast } from "../../core/session.js";
import { addDays, cinemaDay, daysFrom } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { dayStrip } from "../../ui/showtimes.js";
import { toast } from "../../ui/toast.js";
import { staffScope, staffView } from "../frame.js";
import { programmeTable } from "../programme.js";
import { withCinema } from "../rail.js";
import { section } from "../ui/detail.js";
import { icon } from "../ui/icon.js";
import { partOf, partView } from "../ui/part.js";
import { proposal, publish, showtimeForm, showtimeFormView } from "./showtime-form.js";
import { askDay, timelineOf, timelineView } from "./timeline.js";

const DAYS = 16;
const PATH = "/admin/showtimes";
const DAY = /^\d{4}-\d\d-\d\d$/;

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.nav.showtimes");
  const { cinema } = scope;
  if (!cinema) return staffView({ path: PATH, title, scope, content: () => nothing });
  const today = cinemaDay(serverNow(), cinema.timeZone);
  const asked = query.get("date") ?? "";
  const day = DAY.test(asked) ? asked : today;
  const usual = daysFrom(addDays(today, -1), DAYS);
  // Further away than two weeks: the strip goes there too.
  const days = usual.includes(day) ? usual : daysFrom(addDays(day, -1), DAYS);
  const part = await partOf(() => askDay(cinema, day, signal), signal);
  const form = showtimeForm(part.again, () => (timeline.draft.value = null));
  const timeline = timelineOf({ part, open: (showtime, draft) => form.open(showtime, proposal(showtime, draft, part.value.value?.from ?? "")) });
  const edit = (/** @type {any} */ showtime) =>
    atLeast("MANAGER")
      ? html`<button class="btn btn-quiet btn-sm" type="button" @click=${() => timeline.open(showtime, null)}>${t("staff.timeline.change")}<span class="visually-hidden-text">: ${showtime.movieTitle}</span></button>`
      : nothing;
  return staffView({
    path: PATH,
    title,
    scope,
    actions: () => (atLeast("MANAGER") ? actions(day, part) : nothing),
    content: () => html`
      ${dayStrip({ days, chosen: day, today, open: null, hrefOf: (each) => withQuery({ date: each }), label: t("day.choose") })}
      <div class="mt-3">
        ${partView(part, (found) => html`
          ${timelineView(timeline, found)}
          ${section("programme", t("staff.timeline.table"), programmeTable(found.showtimes, edit))}
        `, { lines: 8 })}
      </div>
      ${showtimeFormView(form, part.value.value?.rooms ?? [])}
    `,
  });
}

/** @param {string} day @param {import("../ui/part.js").Part<any>} part */
function actions(day, part) {
  const drafts = (part.value.value?.showtimes ?? []).filter((/** @type {any} */ { status }) => status === "DRAFT").map((/** @type {any} */ { id }) => id);
  return html`
    ${drafts.length ? html`<button class="btn btn-quiet" type="button" @click=${() => publishAll(drafts, part)}>${t("staff.timeline.publish", { count: drafts.length })}</button>` : nothing}
    <a class="btn btn-quiet" href=${withCinema(`${PATH}/copy?date=${day}`)}>${icon("copy")} ${t("staff.copy.title")}</a>
    <a class="btn btn-quiet" href=${withCinema(`${PATH}/bulk?date=${day}`)}>${icon("plus-lg")} ${t("staff.bulk.title")}</a>
    <a class="btn btn-primary" href=${withCinema(`${PATH}/new?date=${day}`)}>${icon("calendar-plus")} ${t("staff.schedule.title")}</a>
  `;
}

/** @param {string[]} ids @param {import("../ui/part.js").Part<any>} part */
async function publishAll(ids, part) {
  try {
    const refusal = await publish(ids);
    if (refusal) toast(refusal);
  } catch (error) {
    toast(failureText(error));
  }
  await part.again();
}
