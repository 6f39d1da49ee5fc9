// @ts-check
/** The site map: path → page module, fetched when first visited, and the words that it needs beside the main catalogue. */
import { staffRoutes } from "./admin/routes.js";
import { addWords } from "./core/i18n.js";

/** Parts of the catalogue; pages that are opened first need few. app/first.js knows the same, to ask for them early. */
const ALL_WORDS = ["seats", "account"];

/** @type {(import("./core/router.js").Route & {words?: string[]})[]} */
export const PAGES = [
  { path: "/", words: [], page: () => import("./pages/home.js") },
  { path: "/films/:id", words: [], page: () => import("./pages/film.js") },
  { path: "/cinemas", page: () => import("./pages/cinemas.js") },
  { path: "/showtimes/:id", words: ["seats"], page: () => import("./pages/showtime.js") },
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

/** @type {import("./core/router.js").Route[]} */
export const routes = PAGES.map(({ path, page, words = ALL_WORDS }) => ({
  path,
  page: async () => (await Promise.all([page(), ...words.map(addWords)]))[0],
}));
