// @ts-check
/** The programme: showtimes and what they are made of. */
import { ErrorParts } from "./parts.js";

export const DayShowtimes = /* GraphQL */ `
  query DayShowtimes($cinemaId: ID!, $from: DateTime!, $to: DateTime!, $after: String) {
    showtimes(filter: { cinemaId: $cinemaId, from: $from, to: $to }, first: 100, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id movieTitle auditoriumName timeZone startsAt endsAt format audioLanguage subtitleLanguage status seatsTotal seatsAvailable checkedIn }
    }
  }`;

export const ScheduleChoices = /* GraphQL */ `
  query ScheduleChoices($cinemaId: ID!) {
    cinema(id: $cinemaId) { id name timeZone currency auditoriums { id name formats capacity } }
    movies(sort: TITLE, first: 100) { nodes { id title durationMinutes status originalLanguage } }
  }`;

export const AuditoriumSeats = /* GraphQL */ `
  query AuditoriumSeats($id: ID!) { auditorium(id: $id) { id seats { category } } }`;

export const ScheduleShowtime = /* GraphQL */ `
  mutation ScheduleShowtime($input: ShowtimeInput!) {
    scheduleShowtime(input: $input) {
      showtime { id movieTitle auditoriumName timeZone startsAt endsAt status }
      userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;

export const PublishShowtimes = /* GraphQL */ `
  mutation PublishShowtimes($ids: [ID!]!) { publishShowtimes(ids: $ids) { showtimes { id status } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;
