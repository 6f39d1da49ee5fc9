// @ts-check
/** Every GraphQL operation of the account's pages; see ../operations.js. */

const MoneyParts = /* GraphQL */ `fragment MoneyParts on Money { amount currency }`;
const ErrorParts = /* GraphQL */ `fragment ErrorParts on UserError { code message field }`;
const PersonParts = /* GraphQL */ `fragment PersonParts on User { id name email phone role cinemaIds emailVerified locale }`;

export const Profile = /* GraphQL */ `
  query Profile {
    me { ...PersonParts totpEnabled }
    mySessions { id userAgent ipAddress createdAt lastSeenAt current }
    myNotificationPreferences { kind channels offered }
    pushKey { publicKey }
  }
  ${PersonParts}`;

export const UpdateProfile = /* GraphQL */ `
  mutation UpdateProfile($input: UpdateProfileInput!) { updateProfile(input: $input) { user { ...PersonParts } userErrors { ...ErrorParts } } }
  ${PersonParts} ${ErrorParts}`;

export const ChangePassword = /* GraphQL */ `
  mutation ChangePassword($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const RevokeSession = /* GraphQL */ `
  mutation RevokeSession($id: ID!) { revokeSession(id: $id) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const RequestEmailVerification = /* GraphQL */ `
  mutation RequestEmailVerification { requestEmailVerification { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const SetPreferences = /* GraphQL */ `
  mutation SetPreferences($input: [NotificationPreferenceInput!]!) {
    setNotificationPreferences(input: $input) { preferences { kind channels offered } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const RegisterPushDevice = /* GraphQL */ `
  mutation RegisterPushDevice($endpoint: String!, $p256dh: String!, $auth: String!) {
    registerPushDevice(endpoint: $endpoint, p256dh: $p256dh, auth: $auth) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const EnrolTotp = /* GraphQL */ `
  mutation EnrolTotp { enrolTotp { secret otpauthUrl userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const ConfirmTotp = /* GraphQL */ `
  mutation ConfirmTotp($code: String!) { confirmTotp(code: $code) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const DisableTotp = /* GraphQL */ `
  mutation DisableTotp($password: String!) { disableTotp(password: $password) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const ExportMyData = /* GraphQL */ `
  mutation ExportMyData { exportMyData { url userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const DeleteMyAccount = /* GraphQL */ `
  mutation DeleteMyAccount($password: String!) { deleteMyAccount(password: $password) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const UpcomingCount = /* GraphQL */ `
  query UpcomingCount { myBookings(when: UPCOMING, first: 50) { totalCount nodes { status } } }`;

export const ChangeSeats = /* GraphQL */ `
  mutation ChangeSeats($bookingId: ID!, $seats: [SeatChoiceInput!]!, $paymentToken: String, $idempotencyKey: String!) {
    changeSeats(bookingId: $bookingId, seats: $seats, paymentToken: $paymentToken, idempotencyKey: $idempotencyKey) {
      booking { id status } action { clientSecret redirectUrl } userErrors { ...ErrorParts }
    }
  }
  ${ErrorParts}`;

export const MyCoupons = /* GraphQL */ `
  query MyCoupons {
    myCoupons {
      id code description percent amountOff { ...MoneyParts } minimumSubtotal { ...MoneyParts } expiresAt active
      movies { id title } cinemas { id name }
    }
  }
  ${MoneyParts}`;

export const RateMovie = /* GraphQL */ `
  mutation RateMovie($movieId: ID!, $stars: Int!, $comment: String) {
    rateMovie(movieId: $movieId, stars: $stars, comment: $comment) { review { id } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;
