// @ts-check
/** Every GraphQL operation of the staff's pages; see operations.js. */

const MoneyParts = /* GraphQL */ `fragment MoneyParts on Money { amount currency }`;
const ErrorParts = /* GraphQL */ `fragment ErrorParts on UserError { code message field }`;

export const StaffCinemas = /* GraphQL */ `
  query StaffCinemas { cinemas(first: 100) { nodes { id name city timeZone currency } } }`;

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

export const DayShowtimes = /* GraphQL */ `
  query DayShowtimes($cinemaId: ID!, $from: DateTime!, $to: DateTime!, $after: String) {
    showtimes(filter: { cinemaId: $cinemaId, from: $from, to: $to }, first: 100, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id movieTitle auditoriumName timeZone startsAt endsAt format audioLanguage subtitleLanguage status seatsTotal seatsAvailable checkedIn }
    }
  }`;

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
      payment { id method provider status amount { ...MoneyParts } refunded { ...MoneyParts } }
      refundQuote { percent amount { ...MoneyParts } }
      timeline { step attempt outcome detail at }
    }
  }
  ${MoneyParts}`;

export const StaffCancelBooking = /* GraphQL */ `
  mutation StaffCancelBooking($bookingId: ID!, $reason: String, $expectedRefund: MoneyInput) {
    cancelBooking(bookingId: $bookingId, reason: $reason, expectedRefund: $expectedRefund) { booking { id status } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const CheckIn = /* GraphQL */ `
  mutation CheckIn($qrPayload: String, $code: String, $showtimeId: ID, $door: String) {
    checkInTicket(qrPayload: $qrPayload, code: $code, showtimeId: $showtimeId, door: $door) {
      ticket { id code seat { id row number category } ticketType status usedAt }
      booking { id reference showtime { id movieTitle auditoriumName cinemaName timeZone startsAt } }
      userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;

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
