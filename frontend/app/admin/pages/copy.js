// @ts-check
/** A week of the programme once more, as drafts, after a look at what that would be. */
import { missing } from "../../core/forms.js";
import { t } from "../../core/i18n.js";
import { serverNow } from "../../core/clock.js";
import { addDays, cinemaDay } from "../../domain/times.js";
import { field } from "../../ui/field.js";
import { html, nothing } from "../../ui/html.js";
import { staffScope, staffView } from "../frame.js";
import { CopyProgramme } from "../operations/programme.js";
import { withCinema } from "../rail.js";
import { editForm, formView } from "../ui/form.js";
import { dryRun, dryRunView } from "./dry-run.js";

const DAY = /^\d{4}-\d\d-\d\d$/;

/** @param {import("../../core/router.js").Request} request */
export async function load({ query, signal }) {
  const scope = await staffScope(query);
  const title = t("staff.copy.title");
  const frame = { path: "/admin/showtimes", title, scope, back: { href: withCinema("/admin/showtimes"), label: t("staff.nav.showtimes") } };
  const { cinema } = scope;
  if (!cinema || signal.aborted) return staffView({ ...frame, content: () => nothing });
  const asked = query.get("date") ?? "";
  const week = mondayOf(DAY.test(asked) ? asked : cinemaDay(serverNow(), cinema.timeZone));
  const run = dryRun(CopyProgramme);
  const labels = { from: t("staff.copy.from"), to: t("staff.copy.to") };
  const form = editForm("copy", (values) => missing(values, labels), ({ from, to }) => run.attempt({ cinemaId: cinema.id, from, to }));
  return staffView({
    ...frame,
    content: () => html`
      ${formView(form, html`
        <p>${t("staff.copy.text")}</p>
        <div class="field-grid">
          ${field(form, { name: "from", label: labels.from, type: "date", value: addDays(week, -7) })}
          ${field(form, { name: "to", label: labels.to, type: "date", value: week })}
        </div>
      `, { submit: t("staff.dryRun.try") })}
      ${dryRunView(run)}
    `,
  });
}

/** @param {string} day @returns {string} the Monday of its week */
const mondayOf = (day) => addDays(day, 1 - (new Date(`${day}T12:00:00Z`).getUTCDay() || 7));
