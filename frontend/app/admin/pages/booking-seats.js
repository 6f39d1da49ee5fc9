// @ts-check
/** Other seats for a guest's booking, on the guests' own seat map; what costs more only the guest can pay. */
import { seatsPage } from "../../account/change-seats.js";
import { t } from "../../core/i18n.js";
import { staffView } from "../frame.js";

/** @param {import("../../core/router.js").Request} request */
export async function load(request) {
  const home = `/admin/bookings/${request.params.id}`;
  const { booking, content, dispose } = await seatsPage(request, { home, unpayable: t("staff.booking.guestPays") });
  return staffView({
    path: "/admin/bookings",
    title: t("swap.title"),
    back: { href: home, label: t("ticket.bookingReference", { reference: booking.reference }) },
    content,
    dispose,
  });
}
