// @ts-check
/** Is today all right? Figures against the same weekday, how full it is, what is being sold, and what wants a person. */
import { serverNow } from "../../core/clock.js";
import { formatLocale, t } from "../../core/i18n.js";
import { subscribe } from "../../core/live.js";
import { atLeast } from "../../core/session.js";
import { calendarDay, cinemaDay, dayText } from "../../domain/times.js";
import { html, nothing } from "../../ui/html.js";
import { staffScope, staffView } from "../frame.js";
import { BookingFeed } from "../operations/sales.js";
import { dayProgramme, programmeTable } from "../programme.js";
import { section } from "../ui/detail.js";
import { partOf, partView } from "../ui/part.js";
import { attentionOf, attentionView } from "./today-attention.js";
import { feedOf, feedView } from "./today-feed.js";
import { figuresOf, figuresView } from "./today-figures.js";

const PATH = "/admin";
/** Several events make one question: so long it is waited for more of them, and so long after an answer. */
const GATHER_MS = 250;
const FIGURES_MS = 1000;
const ATTENTION_MS = 15_000;

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.nav.today");
  const { cinema } = scope;
  if (!cinema) return staffView({ path: PATH, title, scope, content: () => nothing });
  const day = calendarDay(serverNow(), cinema.timeZone);
  const [figures, showtimes, feed, attention] = await Promise.all([
    atLeast("MANAGER") ? figuresOf(scope, day, signal) : null,
    partOf(() => dayProgramme(cinema, cinemaDay(serverNow(), cinema.timeZone), signal), signal),
    feedOf(cinema.id, signal),
    attentionOf(cinema.id, signal),
  ]);
  const moving = [gathered([...Object.values(figures ?? {}), showtimes], FIGURES_MS), gathered(attention, ATTENTION_MS)];
  const refresh = () => moving.forEach(({ soon }) => soon());
  let opened = false;
  const live = subscribe(BookingFeed, { cinemaId: cinema.id }, {
    onOpen() {
      // What happened while the connection was lost is asked for; at first the page has just done so.
      if (opened) void feed.again();
      if (opened) refresh();
      opened = true;
    },
    onEvent({ bookingChanged }) {
      if (bookingChanged) feed.add(bookingChanged);
      refresh();
    },
  });
  return staffView({
    path: PATH,
    title,
    scope,
    lead: () => dayText(day, formatLocale(), { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    content: () => html`
      ${attentionView(attention)}
      <div class="today">
        <div>
          ${figures ? figuresView(figures) : nothing}
          ${section("showtimes", t("staff.today.showtimes"), partView(showtimes, (all) => programmeTable(all)))}
        </div>
        ${feedView(feed, live.status.value)}
      </div>
    `,
    dispose() {
      moving.forEach(({ stop }) => stop());
      live.close();
    },
  });
}

/**
 * Asks parts anew soon after that is wanted, once for all that want it meanwhile, and never twice at a time.
 * @param {(import("../ui/part.js").Part<any> | null)[]} parts @param {number} pause ms from an answer to the next question
 */
function gathered(parts, pause) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let busy = false;
  let again = false;
  let stopped = false;
  let next = 0;
  const run = async () => {
    timer = undefined;
    busy = true;
    again = false;
    await Promise.all(parts.map((part) => part?.again()));
    busy = false;
    next = performance.now() + pause;
    if (again) soon();
  };
  const soon = () => {
    if (stopped || timer) return;
    if (busy) again = true;
    else timer = setTimeout(run, Math.max(GATHER_MS, next - performance.now()));
  };
  return {
    soon,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
