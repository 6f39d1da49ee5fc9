// @ts-check
/** A film's form: lists as people write them, a line or a comma each. */

/** @typedef {{name: string, character: string | null}} CastMember */

/** "Drama, Crime" → both. @param {string} typed */
export const listed = (typed) => typed.split(",").map((each) => each.trim()).filter(Boolean);

/** "Name as Role" a line; the role may be missing. @param {string} typed @returns {CastMember[]} */
export const castOf = (typed) =>
  typed
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf(" as ");
      return at > 0 ? { name: line.slice(0, at).trim(), character: line.slice(at + 4).trim() || null } : { name: line, character: null };
    });

/** @param {CastMember[]} cast */
export const castText = (cast) => cast.map(({ name, character }) => (character ? `${name} as ${character}` : name)).join("\n");

/** MovieInput of what was typed. @param {Record<string, string>} values */
export const movieInput = (values) => ({
  title: values.title, originalTitle: orNone(values.originalTitle), synopsis: values.synopsis, durationMinutes: Number(values.durationMinutes),
  genres: listed(values.genres), directors: listed(values.directors), cast: castOf(values.cast), countries: listed(values.countries),
  releaseDate: values.releaseDate, originalLanguage: values.originalLanguage, ageRating: values.ageRating,
  trailerUrl: orNone(values.trailerUrl), trailerCaptionsUrl: orNone(values.trailerCaptionsUrl), status: values.status,
});

/** @param {string} typed */
const orNone = (typed) => typed.trim() || null;
