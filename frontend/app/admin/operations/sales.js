// @ts-check
/** Sales: today's figures and the door. */
import { MoneyParts } from "./parts.js";

export const TodaysSales = /* GraphQL */ `
  query TodaysSales($day: Date!, $before: Date!, $evening: Date!, $eveningBefore: Date!, $currency: String!, $cinemaId: ID) {
    today: salesReport(from: $day, to: $day, currency: $currency, cinemaId: $cinemaId) {
      revenue { ...MoneyParts } refunded { ...MoneyParts } bookings tickets
      byHour { hour revenue { ...MoneyParts } tickets }
      byMovie { movieId movieTitle revenue { ...MoneyParts } tickets occupancy }
    }
    weekBefore: salesReport(from: $before, to: $before, currency: $currency, cinemaId: $cinemaId) {
      byHour { hour revenue { ...MoneyParts } tickets }
    }
    rooms: salesReport(from: $evening, to: $evening, currency: $currency, cinemaId: $cinemaId) {
      occupancy
      occupancyByHour { auditoriumId auditoriumName hour occupancy }
    }
    roomsBefore: salesReport(from: $eveningBefore, to: $eveningBefore, currency: $currency, cinemaId: $cinemaId) { occupancy }
  }
  ${MoneyParts}`;

export const SalesByDay = /* GraphQL */ `
  query SalesByDay($from: Date!, $to: Date!, $currency: String!, $cinemaId: ID) {
    salesReport(from: $from, to: $to, currency: $currency, cinemaId: $cinemaId) { byDay { day revenue { ...MoneyParts } tickets } }
  }
  ${MoneyParts}`;

export const SalesByCinema = /* GraphQL */ `
  query SalesByCinema($day: Date!, $currency: String!) {
    salesReport(from: $day, to: $day, currency: $currency) { byCinema { cinemaId cinemaName revenue { ...MoneyParts } tickets occupancy } }
  }
  ${MoneyParts}`;

const FeedParts = /* GraphQL */ `
  fragment FeedParts on Booking {
    id reference status createdAt confirmedAt cancelledAt
    total { ...MoneyParts }
    tickets { id }
    showtime { id movieTitle auditoriumName timeZone startsAt }
  }`;

export const LatestBookings = /* GraphQL */ `
  query LatestBookings($cinemaId: ID!, $first: Int!) {
    bookings(filter: { cinemaId: $cinemaId }, first: $first) { nodes { ...FeedParts } }
  }
  ${FeedParts} ${MoneyParts}`;

export const BookingFeed = /* GraphQL */ `
  subscription BookingFeed($cinemaId: ID!) { bookingChanged(cinemaId: $cinemaId) { ...FeedParts } }
  ${FeedParts} ${MoneyParts}`;

export const Attention = /* GraphQL */ `
  query Attention($cinemaId: ID!) {
    attention(cinemaId: $cinemaId) { kind since detail amount { ...MoneyParts } booking { id reference } }
  }
  ${MoneyParts}`;

export const FailedMessages = /* GraphQL */ `
  query FailedMessages($from: DateTime!) { notifications(filter: { status: FAILED, from: $from }, first: 1) { totalCount } }`;
