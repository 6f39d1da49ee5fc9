// @ts-check
/** The GraphQL operations of the guests' pages beyond the first view; see ../operations.js. */

const MoneyParts = /* GraphQL */ `fragment MoneyParts on Money { amount currency }`;

const ErrorParts = /* GraphQL */ `fragment ErrorParts on UserError { code message field }`;

const SeatParts = /* GraphQL */ `fragment SeatParts on Seat { id row number category x y }`;

const MovieCard = /* GraphQL */ `fragment MovieCard on Movie { id title genres durationMinutes ageRating posterUrl rating ratingCount releaseDate }`;

const ShowtimeLine = /* GraphQL */ `
  fragment ShowtimeLine on Showtime {
    id movieTitle cinemaName auditoriumName timeZone startsAt endsAt salesCloseAt format audioLanguage subtitleLanguage status seatsTotal seatsAvailable
  }`;

const BookingParts = /* GraphQL */ `
  fragment BookingParts on Booking {
    id reference status holdExpiresAt extensionsLeft serverTime couponCode contactEmail createdAt confirmedAt cancelledAt ticketsPdfUrl calendarUrl
    subtotal { ...MoneyParts } discount { ...MoneyParts } fee { ...MoneyParts } total { ...MoneyParts }
    tickets { id code seat { ...SeatParts } ticketType price { ...MoneyParts } status qrPayload usedAt }
    showtime { ...ShowtimeLine prices { category ticketType price { ...MoneyParts } } movie { ...MovieCard } cinema { id address city } }
  }
  ${MoneyParts} ${SeatParts} ${MovieCard} ${ShowtimeLine}`;

export const Film = /* GraphQL */ `
  query Film($id: ID!) {
    movie(id: $id) {
      ...MovieCard
      originalTitle synopsis directors cast { name character } originalLanguage trailerUrl trailerCaptionsUrl status wished
      reviews(first: 5) { totalCount nodes { id stars comment createdAt author { id name } } }
    }
  }
  ${MovieCard}`;

export const WishForMovie = /* GraphQL */ `
  mutation WishForMovie($movieId: ID!) { wishForMovie(movieId: $movieId) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const DropMovieWish = /* GraphQL */ `
  mutation DropMovieWish($movieId: ID!) { dropMovieWish(movieId: $movieId) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const NextShows = /* GraphQL */ `
  query NextShows($from: DateTime!, $to: DateTime!, $after: String) {
    showtimes(filter: { from: $from, to: $to, status: ON_SALE }, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...ShowtimeLine cinema { id } }
    }
  }
  ${ShowtimeLine}`;

export const FilmShowtimes = /* GraphQL */ `
  query FilmShowtimes($movieId: ID!, $from: DateTime!, $to: DateTime!, $firstDay: Date!, $lastDay: Date!) {
    showtimes(filter: { movieId: $movieId, from: $from, to: $to }, first: 100) { nodes { ...ShowtimeLine cinema { id city } } }
    showtimeDays(movieId: $movieId, from: $firstDay, to: $lastDay)
  }
  ${ShowtimeLine}`;

export const SeatMap = /* GraphQL */ `
  query SeatMap($id: ID!) {
    showtime(id: $id) {
      ...ShowtimeLine
      onWaitingList
      seatMapVersion
      seatStatuses
      prices { category ticketType price { ...MoneyParts } }
      seatMap { seat { ...SeatParts } status }
      movie { ...MovieCard }
      cinema { id address city bookingPolicy { maximumSeats gapRule fee { ...MoneyParts } } }
    }
  }
  ${ShowtimeLine} ${MoneyParts} ${SeatParts} ${MovieCard}`;

export const SeatStatuses = /* GraphQL */ `
  query SeatStatuses($id: ID!) { showtime(id: $id) { id status seatsAvailable seatMapVersion seatStatuses } }`;

export const BestSeats = /* GraphQL */ `
  query BestSeats($id: ID!, $count: Int!, $category: SeatCategory) {
    showtime(id: $id) { id bestSeats(count: $count, category: $category) { id } }
  }`;

export const SeatChanged = /* GraphQL */ `
  subscription SeatChanged($showtimeId: ID!) { seatChanged(showtimeId: $showtimeId) { seatId status version } }`;

export const JoinWaitingList = /* GraphQL */ `
  mutation JoinWaitingList($showtimeId: ID!, $seats: Int!) {
    joinWaitingList(showtimeId: $showtimeId, seats: $seats) { done userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const HoldSeats = /* GraphQL */ `
  mutation HoldSeats($input: HoldSeatsInput!) { holdSeats(input: $input) { booking { ...BookingParts } userErrors { ...ErrorParts } } }
  ${BookingParts} ${ErrorParts}`;

export const Booking = /* GraphQL */ `
  query Booking($id: ID!) { booking(id: $id) { ...BookingParts refundQuote { percent amount { ...MoneyParts } untilNextStep } payment { id receiptUrl refunds { id status amount { ...MoneyParts } } } } }
  ${BookingParts}`;

export const Checkout = /* GraphQL */ `
  query Checkout($id: ID!) {
    booking(id: $id) { ...BookingParts }
    paymentOptions { method provider publishableKey }
    myCoupons { id code description percent expiresAt active }
  }
  ${BookingParts}`;

export const ApplyCoupon = /* GraphQL */ `
  mutation ApplyCoupon($bookingId: ID!, $code: String!) {
    applyCoupon(bookingId: $bookingId, code: $code) { booking { ...BookingParts } userErrors { ...ErrorParts } }
  }
  ${BookingParts} ${ErrorParts}`;

export const RemoveCoupon = /* GraphQL */ `
  mutation RemoveCoupon($bookingId: ID!) { removeCoupon(bookingId: $bookingId) { booking { ...BookingParts } userErrors { ...ErrorParts } } }
  ${BookingParts} ${ErrorParts}`;

export const ExtendHold = /* GraphQL */ `
  mutation ExtendHold($bookingId: ID!) { extendHold(bookingId: $bookingId) { booking { ...BookingParts } userErrors { ...ErrorParts } } }
  ${BookingParts} ${ErrorParts}`;

export const PayBooking = /* GraphQL */ `
  mutation PayBooking($input: PayBookingInput!) {
    payBooking(input: $input) { booking { ...BookingParts } action { clientSecret redirectUrl } userErrors { ...ErrorParts } }
  }
  ${BookingParts} ${ErrorParts}`;

export const CancelBooking = /* GraphQL */ `
  mutation CancelBooking($bookingId: ID!, $reason: String, $expectedRefund: MoneyInput) {
    cancelBooking(bookingId: $bookingId, reason: $reason, expectedRefund: $expectedRefund) { booking { ...BookingParts } userErrors { ...ErrorParts } }
  }
  ${BookingParts} ${ErrorParts}`;

export const MyBookings = /* GraphQL */ `
  query MyBookings($when: BookingWhen!, $after: String) {
    myBookings(when: $when, first: 20, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { ...BookingParts refundQuote { percent amount { ...MoneyParts } untilNextStep } }
    }
  }
  ${BookingParts}`;

export const LogoutEverywhere = /* GraphQL */ `
  mutation LogoutEverywhere { logoutEverywhere { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const RequestPasswordReset = /* GraphQL */ `
  mutation RequestPasswordReset($email: String!) { requestPasswordReset(email: $email) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const VerifyEmail = /* GraphQL */ `
  mutation VerifyEmail($token: String!) { verifyEmail(token: $token) { user { id emailVerified } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const MyNotifications = /* GraphQL */ `
  query MyNotifications($after: String) {
    myNotifications(first: 20, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id kind channel subject body status createdAt readAt booking { id } }
    }
  }`;

export const MarkNotificationsRead = /* GraphQL */ `
  mutation MarkNotificationsRead($ids: [ID!]!) { markNotificationsRead(ids: $ids) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;
