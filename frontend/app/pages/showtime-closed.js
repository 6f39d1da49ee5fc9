// @ts-check
/** A showtime that sells no seats: over, cancelled, not yet on sale, or sold out. Fetched where it is so. */
import { failureText, refusalText } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { addWords, formatLocale, t } from "../core/i18n.js";
import { navigate } from "../core/router.js";
import { signedIn } from "../core/session.js";
import { showtimeText } from "../domain/times.js";
import { html, nothing } from "../ui/html.js";
import { notice } from "../ui/notice.js";
import { announce } from "../ui/toast.js";
import { JoinWaitingList } from "./operations.js";

/** @param {any} showtime @param {string} reason */
export const closedPage = (showtime, reason) => html`
  <div class="page narrow stack">
    <p class="kicker">${showtime.cinemaName} · ${showtimeText(showtime.startsAt, showtime.timeZone, formatLocale())}</p>
    <h1 class="small">${showtime.movieTitle}</h1>
    ${notice(reason === "cancelled" ? "bad" : "info", html`<h2>${t(`seats.${reason}.heading`)}</h2><p>${t(`seats.${reason}.text`)}</p>`)}
    <div class="actions">
      <a class="btn btn-primary" href=${showtime.movie ? `/films/${showtime.movie.id}` : "/"}>${t("seats.otherTimes")}</a>
    </div>
  </div>
`;

/** @param {any} showtime @param {number} count @param {import("../../vendor/signals-core/signals-core.js").Signal<string | null>} answer */
export function soldOut(showtime, count, answer) {
  const join = async () => {
    if (!signedIn.value) return navigate(`/sign-in?next=${encodeURIComponent(`/showtimes/${showtime.id}`)}`);
    try {
      await addWords("account"); // a refusal's
      const { joinWaitingList } = await gql(JoinWaitingList, { showtimeId: showtime.id, seats: count });
      answer.value = joinWaitingList.done ? t("seats.onList") : refusalText(joinWaitingList.userErrors[0]);
    } catch (error) {
      answer.value = failureText(error);
    }
    announce(answer.value);
  };
  return notice(
    "info",
    html`<h2>${t("seats.soldOut")}</h2>
      <p>${answer.value ?? t("seats.soldOutText")}</p>
      ${answer.value ? nothing : html`<p><button class="btn btn-quiet" type="button" @click=${join}>${t("seats.tellMe")}</button></p>`}
      ${showtime.movie ? html`<p><a href="/films/${showtime.movie.id}">${t("seats.otherTimes")}</a></p>` : nothing}`,
  );
}
