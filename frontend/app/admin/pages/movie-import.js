// @ts-check
/** Films from a table. */
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { staffView } from "../frame.js";
import { ImportMovies } from "../operations/movies.js";
import { tableImport } from "../ui/table-import.js";

const PATH = "/admin/movies";

export async function load() {
  const films = tableImport({
    id: "films",
    ask: async (dryRun) => (await gql(ImportMovies, { dryRun })).createMovieImport,
    after: () => undefined,
    words: {
      text: t("staff.import.filmsText"),
      columns: t("staff.import.filmsColumns"),
      example: t("staff.import.filmsExample"),
      made: (count) => t("staff.import.filmsMade", { count }),
      changed: (count) => t("staff.import.filmsChanged", { count }),
    },
  });
  return staffView({ path: PATH, title: t("staff.movies.import"), back: { href: PATH, label: t("staff.nav.movies") }, content: films });
}
