// @ts-check
/** The catalogue: films, their posters, films from a table. */
import { ErrorParts } from "./parts.js";

const FilmParts = /* GraphQL */ `
  fragment FilmParts on Movie {
    id title originalTitle synopsis durationMinutes genres directors cast { name character } releaseDate originalLanguage ageRating countries
    posterUrl trailerUrl trailerCaptionsUrl status rating ratingCount
  }`;

export const FindMovies = /* GraphQL */ `
  query FindMovies($filter: MovieFilter!, $sort: MovieSort!, $after: String) {
    movies(filter: $filter, sort: $sort, first: 30, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id title releaseDate durationMinutes genres ageRating posterUrl status rating ratingCount }
    }
  }`;

export const StaffMovie = /* GraphQL */ `
  query StaffMovie($id: ID!) { movie(id: $id) { ...FilmParts } }
  ${FilmParts}`;

/** Showtimes to come, with what was sold of each. */
export const MovieShowtimes = /* GraphQL */ `
  query MovieShowtimes($id: ID!, $from: DateTime!) {
    movie(id: $id) { id showtimes(from: $from, first: 100) { id cinemaName auditoriumName timeZone startsAt status ticketsSold } }
  }`;

export const MovieGenres = /* GraphQL */ `
  query MovieGenres { genres }`;

export const CreateMovie = /* GraphQL */ `
  mutation CreateMovie($input: MovieInput!) { createMovie(input: $input) { movie { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const UpdateMovie = /* GraphQL */ `
  mutation UpdateMovie($id: ID!, $input: MovieInput!) { updateMovie(id: $id, input: $input) { movie { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const SetMovieStatus = /* GraphQL */ `
  mutation SetMovieStatus($ids: [ID!]!, $status: MovieStatus!) {
    setMovieStatus(ids: $ids, status: $status) { movies { id status } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const DeleteMovie = /* GraphQL */ `
  mutation DeleteMovie($id: ID!) { deleteMovie(id: $id) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const CreatePosterUpload = /* GraphQL */ `
  mutation CreatePosterUpload($movieId: ID!) { createPosterUpload(movieId: $movieId) { uploadUrl userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const RemovePoster = /* GraphQL */ `
  mutation RemovePoster($movieId: ID!) { removePoster(movieId: $movieId) { movie { id posterUrl } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const ImportMovies = /* GraphQL */ `
  mutation ImportMovies($dryRun: Boolean!) { createMovieImport(dryRun: $dryRun) { uploadUrl userErrors { ...ErrorParts } } }
  ${ErrorParts}`;
