// @ts-check
import { Directive, directive } from "../../vendor/lit-html/directive.js";
import { unsafeHTML } from "../../vendor/lit-html/directives/unsafe-html.js";
import { html, nothing, render } from "./html.js";

/** @typedef {{title: string, genres?: string[], durationMinutes?: number, posterUrl?: string | null}} Film */

/** Drawn before it comes into view, on most screens: half a screen ahead. */
const AHEAD = "50%";
/** What each waiting frame is to show. @type {WeakMap<Element, Film>} */
const waiting = new WeakMap();
/** @type {IntersectionObserver | null} */
let watch = null;

/** A frame is drawn once it is near what is seen: a page with thirty films must not draw thirty before it stands. */
class Drawn extends Directive {
  /** What the frame shows or will show. @type {string} */
  #key = "";

  /** @param {Film} _film */
  render(_film) {
    return nothing;
  }

  /** @param {any} part the frame's element @param {[Film]} values @override */
  update({ element }, [film]) {
    const key = JSON.stringify([film.title, film.genres?.[0], film.durationMinutes]);
    if (key === this.#key) return nothing;
    this.#key = key;
    waiting.set(element, film);
    watch ??= new IntersectionObserver(drawNear, { rootMargin: AHEAD });
    watch.unobserve(element); // what is watched already would be told nothing new
    watch.observe(element);
    return nothing;
  }
}

const drawn = directive(Drawn);

/** @param {IntersectionObserverEntry[]} entries */
async function drawNear(entries) {
  const near = entries.filter((entry) => entry.isIntersecting).map(({ target }) => target);
  if (!near.length) return;
  const { posterSlug, posterSvg } = await import("./poster-art.js");
  for (const frame of near) {
    const film = waiting.get(frame);
    if (!film) continue;
    waiting.delete(frame);
    watch?.unobserve(frame);
    const { title, genres = [], durationMinutes } = film;
    // Safe as markup: poster-art escapes the texts it is given.
    const art = posterSvg({ slug: posterSlug(title), title, genre: genres[0] ?? "", minutes: durationMinutes });
    render(html`${unsafeHTML(art)}`, /** @type {HTMLElement} */ (frame));
  }
}

/**
 * A film's poster: the uploaded picture, else the drawn one, which the server has as an SVG file too: drawn here it
 * costs no request and speaks in the page's own type. Decorative: its film is always named in words beside it.
 * @param {Film} film
 */
export function poster(film) {
  const path = film.posterUrl && new URL(film.posterUrl, window.location.href).pathname;
  if (path && !path.endsWith(".svg")) {
    return html`<span class="poster" aria-hidden="true"><img src=${path} alt="" width="400" height="600" loading="lazy" decoding="async" /></span>`;
  }
  return html`<span class="poster" aria-hidden="true" ${drawn(film)}></span>`;
}
