// @ts-check
/** The staff's pages: path → who may open it → page module. The rail and the palette show what stands here. */
import { requireRole } from "../core/session.js";

/** @typedef {"STAFF" | "MANAGER" | "ADMIN"} Role the least one, as docs/reference/permissions.md has it */

/** @type {{path: string, role: Role, page: () => Promise<{load: (request: import("../core/router.js").Request) => Promise<import("../core/router.js").View>}>}[]} */
const PAGES = [
  { path: "/admin", role: "STAFF", page: () => import("./pages/today.js") },
  { path: "/admin/showtimes", role: "STAFF", page: () => import("./pages/showtimes.js") },
  { path: "/admin/showtimes/new", role: "MANAGER", page: () => import("./pages/schedule.js") },
  { path: "/admin/showtimes/bulk", role: "MANAGER", page: () => import("./pages/bulk.js") },
  { path: "/admin/showtimes/copy", role: "MANAGER", page: () => import("./pages/copy.js") },
  { path: "/admin/movies", role: "MANAGER", page: () => import("./pages/movies.js") },
  { path: "/admin/movies/new", role: "MANAGER", page: () => import("./pages/movie-new.js") },
  { path: "/admin/movies/import", role: "MANAGER", page: () => import("./pages/movie-import.js") },
  { path: "/admin/movies/:id", role: "MANAGER", page: () => import("./pages/movie.js") },
  { path: "/admin/cinemas", role: "STAFF", page: () => import("./pages/cinemas.js") },
  { path: "/admin/cinemas/new", role: "ADMIN", page: () => import("./pages/cinema-new.js") },
  { path: "/admin/cinemas/:id", role: "STAFF", page: () => import("./pages/cinema.js") },
  { path: "/admin/auditoriums/new", role: "MANAGER", page: () => import("./pages/auditorium.js") },
  { path: "/admin/auditoriums/:id", role: "MANAGER", page: () => import("./pages/auditorium.js") },
  { path: "/admin/bookings", role: "STAFF", page: () => import("./pages/bookings.js") },
  { path: "/admin/bookings/:id", role: "STAFF", page: () => import("./pages/booking.js") },
  { path: "/admin/bookings/:id/seats", role: "STAFF", page: () => import("./pages/booking-seats.js") },
  { path: "/admin/payments", role: "MANAGER", page: () => import("./pages/payments.js") },
  { path: "/admin/payments/close", role: "MANAGER", page: () => import("./pages/daily-close.js") },
  { path: "/admin/payments/:id", role: "MANAGER", page: () => import("./pages/payment.js") },
  { path: "/admin/exports", role: "MANAGER", page: () => import("./pages/exports.js") },
  { path: "/admin/coupons", role: "MANAGER", page: () => import("./pages/coupons.js") },
  { path: "/admin/coupons/new", role: "MANAGER", page: () => import("./pages/coupon-new.js") },
  { path: "/admin/coupons/batch", role: "MANAGER", page: () => import("./pages/coupon-batch.js") },
  { path: "/admin/coupons/:id", role: "MANAGER", page: () => import("./pages/coupon.js") },
  { path: "/admin/users", role: "ADMIN", page: () => import("./pages/users.js") },
  { path: "/admin/users/new", role: "ADMIN", page: () => import("./pages/user-new.js") },
  { path: "/admin/users/:id", role: "ADMIN", page: () => import("./pages/user.js") },
  { path: "/admin/users/:id/account", role: "ADMIN", page: () => import("./pages/user-account.js") },
  { path: "/admin/notifications", role: "STAFF", page: () => import("./pages/notifications.js") },
  { path: "/admin/audit", role: "ADMIN", page: () => import("./pages/audit.js") },
  { path: "/admin/system", role: "ADMIN", page: () => import("./pages/system.js") },
  { path: "/admin/box-office", role: "STAFF", page: () => import("./pages/box-office.js") },
  { path: "/admin/check-in", role: "STAFF", page: () => import("./pages/check-in.js") },
  { path: "/scan", role: "STAFF", page: () => import("./pages/check-in.js") },
];

/** With words, stylesheet and frame fetched beside the page: guests never load them. */
export const staffRoutes = PAGES.map(({ path, role, page }) => ({
  path,
  role,
  async page() {
    requireRole(role);
    const [module] = await Promise.all([page(), import("./frame.js").then(({ prepare }) => prepare())]);
    return module;
  },
}));
