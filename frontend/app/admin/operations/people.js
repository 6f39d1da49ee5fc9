// @ts-check
/** People with their roles, and the coupons they use. */
import { ErrorParts, MoneyParts } from "./parts.js";

const UserParts = /* GraphQL */ `
  fragment UserParts on User { id name email phone role cinemaIds emailVerified totpEnabled active locale createdAt }`;

const CouponParts = /* GraphQL */ `
  fragment CouponParts on Coupon {
    id code description kind percent startsAt expiresAt usageLimit usageLimitPerUser timesUsed active
    amountOff { ...MoneyParts } minimumSubtotal { ...MoneyParts } maximumDiscount { ...MoneyParts }
  }`;

export const FindUsers = /* GraphQL */ `
  query FindUsers($search: String, $role: Role, $active: Boolean, $after: String) {
    users(search: $search, role: $role, active: $active, first: 30, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { ...UserParts }
    }
  }
  ${UserParts}`;

export const StaffUser = /* GraphQL */ `
  query StaffUser($id: ID!) { user(id: $id) { ...UserParts } }
  ${UserParts}`;

export const UserBookings = /* GraphQL */ `
  query UserBookings($id: ID!, $after: String) {
    user(id: $id) {
      id
      bookings(first: 10, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { id reference status total { ...MoneyParts } tickets { id seat { id } } showtime { id movieTitle cinemaName auditoriumName timeZone startsAt } }
      }
    }
  }
  ${MoneyParts}`;

export const UserMessages = /* GraphQL */ `
  query UserMessages($id: ID!, $after: String) {
    user(id: $id) {
      id
      notifications(first: 10, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { id kind channel subject body status createdAt readAt booking { id reference } }
      }
    }
  }`;

export const InviteUser = /* GraphQL */ `
  mutation InviteUser($input: InviteUserInput!) { inviteUser(input: $input) { user { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const SetUserRole = /* GraphQL */ `
  mutation SetUserRole($input: SetUserRoleInput!) { setUserRole(input: $input) { user { ...UserParts } userErrors { ...ErrorParts } } }
  ${UserParts} ${ErrorParts}`;

export const SetUserActive = /* GraphQL */ `
  mutation SetUserActive($userId: ID!, $active: Boolean!) {
    setUserActive(userId: $userId, active: $active) { user { ...UserParts } userErrors { ...ErrorParts } }
  }
  ${UserParts} ${ErrorParts}`;

export const SwitchOffTotp = /* GraphQL */ `
  mutation SwitchOffTotp($userId: ID!) { switchOffTotp(userId: $userId) { user { ...UserParts } userErrors { ...ErrorParts } } }
  ${UserParts} ${ErrorParts}`;

export const EraseUser = /* GraphQL */ `
  mutation EraseUser($id: ID!) { eraseUser(id: $id) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const FindCoupons = /* GraphQL */ `
  query FindCoupons($search: String, $active: Boolean, $after: String) {
    coupons(search: $search, active: $active, first: 30, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ...CouponParts } }
  }
  ${CouponParts} ${MoneyParts}`;

export const StaffCoupon = /* GraphQL */ `
  query StaffCoupon($id: ID!) {
    coupon(id: $id) { ...CouponParts movies { id title } cinemas { id name city } user { id name } }
  }
  ${CouponParts} ${MoneyParts}`;

export const CouponRedemptions = /* GraphQL */ `
  query CouponRedemptions($id: ID!, $after: String) {
    coupon(id: $id) {
      id
      redemptions(first: 20, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { id redeemedAt discount { ...MoneyParts } user { id name } booking { id reference } }
      }
    }
  }
  ${MoneyParts}`;

export const CouponFilms = /* GraphQL */ `
  query CouponFilms($after: String) { movies(sort: TITLE, first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id title status } } }`;

export const PreviewCoupon = /* GraphQL */ `
  query PreviewCoupon($input: CouponInput!, $subtotal: MoneyInput!, $movieId: ID, $cinemaId: ID) {
    previewCoupon(input: $input, subtotal: $subtotal, movieId: $movieId, cinemaId: $cinemaId) { discount { ...MoneyParts } userErrors { ...ErrorParts } }
  }
  ${MoneyParts} ${ErrorParts}`;

export const CreateCoupon = /* GraphQL */ `
  mutation CreateCoupon($input: CouponInput!) { createCoupon(input: $input) { coupon { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const UpdateCoupon = /* GraphQL */ `
  mutation UpdateCoupon($id: ID!, $input: CouponInput!) { updateCoupon(id: $id, input: $input) { coupon { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const DeleteCoupon = /* GraphQL */ `
  mutation DeleteCoupon($id: ID!) { deleteCoupon(id: $id) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const CreateCouponBatch = /* GraphQL */ `
  mutation CreateCouponBatch($input: CouponInput!, $prefix: String!, $count: Int!) {
    createCouponBatch(input: $input, prefix: $prefix, count: $count) { coupons { id code } csv userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const SetCouponsActive = /* GraphQL */ `
  mutation SetCouponsActive($ids: [ID!]!, $active: Boolean!) {
    setCouponsActive(ids: $ids, active: $active) { coupons { id active } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;
