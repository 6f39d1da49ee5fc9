import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { posterSlug, posterSvg } from "../app/ui/poster-art.js";

// films.json and the SVG files beside it are shared with the Python twin in movie_service.
// UPDATE_GOLDEN=1 writes them anew after a change of the drawing.
const folder = new URL("./golden/posters/", import.meta.url);
const films = JSON.parse(readFileSync(new URL("films.json", folder), "utf8"));

for (const film of films) {
  test(`the poster of ${film.title} is drawn byte for byte as before`, () => {
    const file = new URL(`${film.slug}.svg`, folder);
    const drawn = `${posterSvg(film)}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, drawn);

    assert.equal(drawn, readFileSync(file, "utf8"));
  });

  test(`the slug of ${film.title} follows from its title`, () => {
    const expected = film.title.includes("<") ? `${film.slug}-1` : film.slug;

    assert.equal(posterSlug(film.title), expected);
  });
}

test("no title of any length reaches into the motif or past the margins", () => {
  for (let words = 1; words < 24; words += 1) {
    const svg = posterSvg({ slug: `film-${words}`, title: Array(words).fill("Wanderer").join(" "), genre: "Drama", minutes: 90 });
    const band = Number(/<rect y="(\d+)"/.exec(svg)?.[1]);
    const size = Number(/font-size="(\d+)"/.exec(svg)?.[1]);
    const baselines = [...svg.matchAll(/<tspan x="28" y="(\d+)"/g)].map((match) => Number(match[1]));

    assert.ok(baselines[0] - size > band, `first line of ${words} words`);
    assert.ok(band >= 300, `room for the motif with ${words} words`);
    assert.equal(baselines.at(-1), 536);
  }
});
