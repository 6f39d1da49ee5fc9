// @ts-check
/** A new cinema; its auditoriums come after. */
import { gql } from "../../core/gql.js";
import { t } from "../../core/i18n.js";
import { navigate } from "../../core/router.js";
import { forgetCinemas, staffView } from "../frame.js";
import { CreateCinema } from "../operations/house.js";
import { editForm, formView } from "../ui/form.js";
import { saved } from "../ui/saved.js";
import { cinemaFaults, cinemaFields, cinemaInput } from "./cinema-facts.js";

const PATH = "/admin/cinemas";

export async function load() {
  let made = "";
  const form = editForm(
    "cinema",
    cinemaFaults,
    async (values) => {
      const { createCinema } = await gql(CreateCinema, { input: cinemaInput(values) });
      made = createCinema.cinema?.id ?? "";
      return createCinema.userErrors;
    },
    async () => {
      forgetCinemas();
      saved(t("staff.cinemas.created"), { object: { type: "Cinema", id: made } });
      await navigate(`${PATH}/${made}`, { replace: true });
    },
  );
  return staffView({
    path: PATH,
    title: t("staff.cinemas.new"),
    back: { href: PATH, label: t("staff.nav.cinemas") },
    content: () => formView(form, cinemaFields(form, {}), { submit: t("staff.cinemas.create"), cancel: { href: PATH, label: t("staff.cinema.cancel") } }),
  });
}
