// @ts-check
/**
 * The GraphQL operations that the first view may need, one constant each, named as the operation; the others are in
 * pages/, account/ and admin/. tests/test_operations.py holds all to the schema. Fragments go in by ${Name}.
 */

const ErrorParts = /* GraphQL */ `fragment ErrorParts on UserError { code message field }`;

const PersonParts = /* GraphQL */ `fragment PersonParts on User { id name email phone role cinemaIds emailVerified locale }`;

const MovieCard = /* GraphQL */ `fragment MovieCard on Movie { id title genres durationMinutes ageRating posterUrl rating ratingCount releaseDate }`;

const ShowtimeLine = /* GraphQL */ `
  fragment ShowtimeLine on Showtime {
    id movieTitle cinemaName auditoriumName timeZone startsAt endsAt salesCloseAt format audioLanguage subtitleLanguage status seatsTotal seatsAvailable
  }`;

export const Cinemas = /* GraphQL */ `
  query Cinemas($search: String) {
    cinemas(search: $search, first: 100) {
      nodes { id name address city countryCode timeZone currency phone facilities capacity location { latitude longitude } }
    }
  }`;

export const Home = /* GraphQL */ `
  query Home($cinemaId: ID, $from: DateTime!, $to: DateTime!, $genres: [String!], $firstDay: Date!, $lastDay: Date!) {
    programme(cinemaId: $cinemaId, from: $from, to: $to, genres: $genres) {
      movieTitle
      movie { ...MovieCard }
      showtimes { ...ShowtimeLine }
    }
    showtimeDays(cinemaId: $cinemaId, from: $firstDay, to: $lastDay)
    genres
  }
  ${MovieCard} ${ShowtimeLine}`;

export const SearchMovies = /* GraphQL */ `
  query SearchMovies($filter: MovieFilter!, $cinemaId: ID, $from: DateTime, $to: DateTime) {
    movies(filter: $filter, first: 40) {
      totalCount
      nodes { ...MovieCard status showtimes(cinemaId: $cinemaId, from: $from, to: $to, first: 4) { ...ShowtimeLine } }
    }
    genres
  }
  ${MovieCard} ${ShowtimeLine}`;

export const Me = /* GraphQL */ `
  query Me { me { ...PersonParts } }
  ${PersonParts}`;

export const Login = /* GraphQL */ `
  mutation Login($input: LoginInput!) { login(input: $input) { tokens { accessToken } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const Register = /* GraphQL */ `
  mutation Register($input: RegisterInput!) { register(input: $input) { tokens { accessToken } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const RefreshTokens = /* GraphQL */ `
  mutation RefreshTokens { refreshTokens { tokens { accessToken } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const Logout = /* GraphQL */ `
  mutation Logout { logout { done } }`;

export const ResetPassword = /* GraphQL */ `
  mutation ResetPassword($input: ResetPasswordInput!) { resetPassword(input: $input) { tokens { accessToken } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const UnreadCount = /* GraphQL */ `
  query UnreadCount { myNotifications(unreadOnly: true, first: 1) { totalCount } }`;
