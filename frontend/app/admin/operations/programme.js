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

export const TimelineShowtimes = /* GraphQL */ `
  query TimelineShowtimes($cinemaId: ID!, $from: DateTime!, $to: DateTime!, $after: String) {
    showtimes(filter: { cinemaId: $cinemaId, from: $from, to: $to }, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id movieTitle auditoriumName timeZone startsAt endsAt format audioLanguage subtitleLanguage status seatsTotal seatsAvailable checkedIn ticketsSold
        movie { id durationMinutes }
        auditorium { id }
      }
    }
  }`;

export const TimelineRooms = /* GraphQL */ `
  query TimelineRooms($cinemaId: ID!) { cinema(id: $cinemaId) { id auditoriums { id name } bookingPolicy { turnaroundMinutes } } }`;

export const RescheduleShowtime = /* GraphQL */ `
  mutation RescheduleShowtime($id: ID!, $startsAt: DateTime!, $auditoriumId: ID) {
    rescheduleShowtime(id: $id, startsAt: $startsAt, auditoriumId: $auditoriumId) { showtime { id startsAt } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const CancelShowtime = /* GraphQL */ `
  mutation CancelShowtime($id: ID!, $reason: String!) {
    cancelShowtime(id: $id, reason: $reason) { showtime { id status } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const ScheduleShowtimes = /* GraphQL */ `
  mutation ScheduleShowtimes($input: ScheduleShowtimesInput!, $dryRun: Boolean!) {
    made: scheduleShowtimes(input: $input, dryRun: $dryRun) {
      showtimes { id movieTitle auditoriumName timeZone startsAt endsAt }
      userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;

export const CopyProgramme = /* GraphQL */ `
  mutation CopyProgramme($cinemaId: ID!, $from: Date!, $to: Date!, $dryRun: Boolean!) {
    made: copyProgramme(cinemaId: $cinemaId, from: $from, to: $to, dryRun: $dryRun) {
      showtimes { id movieTitle auditoriumName timeZone startsAt endsAt }
      userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;
