// @ts-check
/** The site map: path → page module, fetched when first visited. */
import { staffRoutes } from "./admin/routes.js";

/** @type {import("./core/router.js").Route[]} */
export const routes = [
  { path: "/", page: () => import("./pages/home.js") },
  { path: "/films/:id", page: () => import("./pages/film.js") },
  { path: "/cinemas", page: () => import("./pages/cinemas.js") },
  { path: "/showtimes/:id", page: () => import("./pages/showtime.js") },
  { path: "/bookings", page: () => import("./pages/bookings.js") },
  { path: "/bookings/:id", page: () => import("./pages/ticket.js") },
  { path: "/bookings/:id/pay", page: () => import("./pages/checkout.js") },
  { path: "/bookings/:id/seats", page: () => import("./account/change-seats.js") },
  { path: "/offers", page: () => import("./account/offers.js") },
  { path: "/notifications", page: () => import("./pages/notifications.js") },
  { path: "/profile", page: () => import("./account/profile.js") },
  { path: "/sign-in", page: () => import("./pages/sign-in.js") },
  { path: "/register", page: () => import("./pages/register.js") },
  { path: "/forgot-password", page: () => import("./pages/forgot-password.js") },
  { path: "/reset-password", page: () => import("./pages/reset-password.js") },
  { path: "/invitation", page: () => import("./pages/reset-password.js") },
  { path: "/verify-email", page: () => import("./pages/verify-email.js") },
  { path: "/status", page: () => import("./pages/status.js") },
  ...staffRoutes,
];
