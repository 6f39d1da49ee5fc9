// @ts-check
/** Bookings of guests. */
import { ErrorParts, MoneyParts } from "./parts.js";

export const FindBookings = /* GraphQL */ `
  query FindBookings($filter: BookingFilter!, $after: String) {
    bookings(filter: $filter, first: 20, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id reference status contactEmail contactPhone createdAt
        total { ...MoneyParts }
        tickets { id seat { id } status }
        showtime { id movieTitle cinemaName auditoriumName timeZone startsAt }
      }
    }
  }
  ${MoneyParts}`;

export const StaffBooking = /* GraphQL */ `
  query StaffBooking($id: ID!) {
    booking(id: $id) {
      id reference status contactEmail contactPhone createdAt confirmedAt cancelledAt couponCode
      subtotal { ...MoneyParts } discount { ...MoneyParts } fee { ...MoneyParts } total { ...MoneyParts }
      tickets { id code seat { id } ticketType price { ...MoneyParts } status usedAt }
      showtime { id movieTitle cinemaName auditoriumName timeZone startsAt }
      user { id name }
      payment { id method provider status amount { ...MoneyParts } refunded { ...MoneyParts } }
      refundQuote { percent amount { ...MoneyParts } }
      timeline { step attempt outcome detail at actor { id name } }
    }
  }
  ${MoneyParts}`;

export const StaffCancelBooking = /* GraphQL */ `
  mutation StaffCancelBooking($bookingId: ID!, $reason: String, $expectedRefund: MoneyInput) {
    cancelBooking(bookingId: $bookingId, reason: $reason, expectedRefund: $expectedRefund) { booking { id status } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const StaffCancelBookings = /* GraphQL */ `
  mutation StaffCancelBookings($ids: [ID!]!, $reason: String!) {
    cancelBookings(ids: $ids, reason: $reason) { bookings { id status } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const AddBookingNote = /* GraphQL */ `
  mutation AddBookingNote($bookingId: ID!, $text: String!) {
    addBookingNote(bookingId: $bookingId, text: $text) {
      booking { id timeline { step attempt outcome detail at actor { id name } } }
      userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;

export const PaletteBookings = /* GraphQL */ `
  query PaletteBookings($search: String!) {
    bookings(filter: { search: $search }, first: 5) {
      nodes { id reference tickets { id seat { id } } showtime { id movieTitle timeZone startsAt } }
    }
  }`;
