// @ts-check
/** The box office and the door. */
import { ErrorParts, MoneyParts } from "./parts.js";

const DoorAnswer = /* GraphQL */ `
  fragment DoorAnswer on CheckInPayload {
    ticket { id code seat { id } ticketType status usedAt door }
    booking {
      id reference
      showtime { id movieTitle auditoriumName timeZone startsAt checkedIn ticketsSold }
      tickets { id status seat { id } }
    }
    userErrors { ...ErrorParts }
  }
  ${ErrorParts}`;

export const CheckIn = /* GraphQL */ `
  mutation CheckIn($qrPayload: String, $code: String, $showtimeId: ID, $door: String) {
    checkInTicket(qrPayload: $qrPayload, code: $code, showtimeId: $showtimeId, door: $door) { ...DoorAnswer }
  }
  ${DoorAnswer}`;

export const OverrideCheckIn = /* GraphQL */ `
  mutation OverrideCheckIn($qrPayload: String, $code: String, $showtimeId: ID, $door: String, $reason: String!) {
    overrideCheckIn(qrPayload: $qrPayload, code: $code, showtimeId: $showtimeId, door: $door, reason: $reason) { ...DoorAnswer }
  }
  ${DoorAnswer}`;

export const UndoCheckIn = /* GraphQL */ `
  mutation UndoCheckIn($ticketId: ID!, $reason: String!) { undoCheckIn(ticketId: $ticketId, reason: $reason) { ...DoorAnswer } }
  ${DoorAnswer}`;

export const DoorTickets = /* GraphQL */ `
  query DoorTickets($showtimeId: ID!) {
    doorList(showtimeId: $showtimeId) { showtimeId at expected checkedIn tickets { id code seatId ticketType status usedAt door } signature }
  }`;

export const SyncCheckIns = /* GraphQL */ `
  mutation SyncCheckIns($showtimeId: ID!, $checkIns: [QueuedCheckInInput!]!) {
    syncCheckIns(showtimeId: $showtimeId, checkIns: $checkIns) {
      results { index outcome code message usedAt door }
      showtime { id checkedIn ticketsSold }
      userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;

export const NextToSell = /* GraphQL */ `
  query NextToSell($cinemaId: ID!, $from: DateTime!, $to: DateTime!) {
    showtimes(filter: { cinemaId: $cinemaId, from: $from, to: $to }, first: 60) {
      nodes { id movieTitle auditoriumName timeZone startsAt format status seatsTotal seatsAvailable }
    }
  }`;

export const HeldSeats = /* GraphQL */ `
  query HeldSeats($id: ID!) { showtime(id: $id) { id seatMap { seat { id } status heldUntil } } }`;

export const SellAtBoxOffice = /* GraphQL */ `
  mutation SellAtBoxOffice($input: HoldSeatsInput!, $method: PaymentMethod!, $tendered: MoneyInput, $reason: String, $terminalReceipt: String) {
    sellAtBoxOffice(input: $input, method: $method, tendered: $tendered, reason: $reason, terminalReceipt: $terminalReceipt) {
      booking {
        id reference serverTime ticketsPdfUrl total { ...MoneyParts }
        tickets { id code seat { id category } ticketType status qrPayload }
        showtime { id movieTitle cinemaName auditoriumName timeZone startsAt format audioLanguage subtitleLanguage }
      }
      change { ...MoneyParts }
      userErrors { ...ErrorParts }
    }
  }
  ${MoneyParts} ${ErrorParts}`;
