// @ts-check
import { unsafeHTML } from "../../vendor/lit-html/directives/unsafe-html.js";
import { html } from "./html.js";
import { posterSlug, posterSvg } from "./poster-art.js";

/**
 * A film's poster: the uploaded picture, else the drawn one, which the server has as an SVG file too: drawn here it
 * costs no request and speaks in the page's own type. Decorative: its film is always named in words beside it.
 * @param {{title: string, genres?: string[], durationMinutes?: number, posterUrl?: string | null}} film
 */
export function poster({ title, genres = [], durationMinutes, posterUrl }) {
  const path = posterUrl && new URL(posterUrl, window.location.href).pathname;
  if (path && !path.endsWith(".svg")) {
    return html`<span class="poster" aria-hidden="true"><img src=${path} alt="" width="400" height="600" loading="lazy" decoding="async" /></span>`;
  }
  // Safe as markup: poster-art escapes the texts it is given.
  const drawn = posterSvg({ slug: posterSlug(title), title, genre: genres[0] ?? "", minutes: durationMinutes });
  return html`<span class="poster" aria-hidden="true">${unsafeHTML(drawn)}</span>`;
}
