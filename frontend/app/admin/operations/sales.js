// @ts-check
/** Sales: today's figures and the door. */
import { ErrorParts, MoneyParts } from "./parts.js";

export const TodaysSales = /* GraphQL */ `
  query TodaysSales($day: Date!, $before: Date!, $currency: String!, $cinemaId: ID) {
    today: salesReport(from: $day, to: $day, currency: $currency, cinemaId: $cinemaId) {
      revenue { ...MoneyParts } refunded { ...MoneyParts } bookings tickets occupancy
      byHour { hour revenue { ...MoneyParts } tickets }
      byMovie { movieId movieTitle revenue { ...MoneyParts } tickets occupancy }
    }
    weekBefore: salesReport(from: $before, to: $before, currency: $currency, cinemaId: $cinemaId) {
      occupancy
      byHour { hour revenue { ...MoneyParts } tickets }
    }
  }
  ${MoneyParts}`;

export const CheckIn = /* GraphQL */ `
  mutation CheckIn($qrPayload: String, $code: String, $showtimeId: ID, $door: String) {
    checkInTicket(qrPayload: $qrPayload, code: $code, showtimeId: $showtimeId, door: $door) {
      ticket { id code seat { id row number category } ticketType status usedAt }
      booking { id reference showtime { id movieTitle auditoriumName cinemaName timeZone startsAt } }
      userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;
