// @ts-check
/** A viewer's stars and words for a film; the server knows who has seen it. */
import { createForm } from "../core/forms.js";
import { gql } from "../core/gql.js";
import { t } from "../core/i18n.js";
import { reload } from "../core/router.js";
import { choice, errorSummary, field, submitButton } from "../ui/field.js";
import { html } from "../ui/html.js";
import { toast } from "../ui/toast.js";
import { RateMovie } from "./operations.js";

const STARS = [5, 4, 3, 2, 1];

/** @param {string} movieId */
export function ratingPart(movieId) {
  const form = createForm(
    "rating",
    () => [],
    async ({ stars, comment }) => {
      const { rateMovie } = await gql(RateMovie, { movieId, stars: Number(stars), comment: comment.trim() || null });
      if (rateMovie.userErrors.length) return rateMovie.userErrors;
      toast(t("rating.thanks"));
      await reload();
    },
  );
  return {
    template: () => html`
      <details class="card-plain rating">
        <summary>${t("rating.title")}</summary>
        <form class="mt-3" id="rating" novalidate @submit=${form.submit}>
          ${errorSummary(form)}
          ${choice(form, { name: "stars", label: t("rating.stars"), options: STARS.map((stars) => ({ value: String(stars), label: t("film.stars", { count: stars }) })) })}
          ${field(form, { name: "comment", label: t("rating.comment"), maxlength: 500, hint: t("rating.hint") })}
          ${submitButton(form, t("rating.send"))}
        </form>
      </details>
    `,
  };
}
