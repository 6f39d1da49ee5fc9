// @ts-check
/** A new film; its poster comes after. */
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate } from "../../core/router.js";
import { staffView } from "../frame.js";
import { movieInput } from "../domain/films.js";
import { CreateMovie, MovieGenres } from "../operations/movies.js";
import { editForm, formView } from "../ui/form.js";
import { saved } from "../ui/saved.js";
import { movieFaults, movieFields } from "./movie-fields.js";

const PATH = "/admin/movies";

/** @param {import("../../core/router.js").Request} request */
export async function load({ signal }) {
  const { genres } = await gql(MovieGenres, {}, { signal });
  let made = "";
  const form = editForm(
    "movie",
    movieFaults,
    async (values) => {
      const { movie, userErrors } = (await gql(CreateMovie, { input: movieInput(values) })).createMovie;
      made = movie?.id ?? "";
      return userErrors;
    },
    async () => {
      saved(t("staff.movie.created"), { object: { type: "Movie", id: made } });
      await navigate(`${PATH}/${made}`, { replace: true });
    },
  );
  return staffView({
    path: PATH,
    title: t("staff.movies.new"),
    back: { href: PATH, label: t("staff.nav.movies") },
    content: () => formView(form, movieFields(form, {}, genres ?? []), { submit: t("staff.movie.create"), cancel: { href: PATH, label: t("staff.cinema.cancel") } }),
  });
}
