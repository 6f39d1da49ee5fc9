// @ts-check
/** Money: payments, refunds, the close of a day, files. */
import { ErrorParts, MoneyParts } from "./parts.js";

const PaymentParts = /* GraphQL */ `
  fragment PaymentParts on Payment {
    id cinemaId method provider providerReference status failureCode createdAt settledAt
    amount { ...MoneyParts } refunded { ...MoneyParts } refundable { ...MoneyParts }
    booking { id reference }
    refunds { id status reason attention createdAt amount { ...MoneyParts } requestedBy { id name } decidedBy { id name } }
  }`;

export const StaffPayments = /* GraphQL */ `
  query StaffPayments($filter: PaymentFilter!, $after: String) {
    payments(filter: $filter, first: 20, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ...PaymentParts } }
  }
  ${PaymentParts} ${MoneyParts}`;

export const StaffPayment = /* GraphQL */ `
  query StaffPayment($id: ID!) { payment(id: $id) { ...PaymentParts } }
  ${PaymentParts} ${MoneyParts}`;

export const RefundPayment = /* GraphQL */ `
  mutation RefundPayment($input: RefundInput!) {
    refundPayment(input: $input) { payment { ...PaymentParts } userErrors { ...ErrorParts } }
  }
  ${PaymentParts} ${MoneyParts} ${ErrorParts}`;

export const ApproveRefund = /* GraphQL */ `
  mutation ApproveRefund($refundId: ID!) {
    approveRefund(refundId: $refundId) { payment { ...PaymentParts } userErrors { ...ErrorParts } }
  }
  ${PaymentParts} ${MoneyParts} ${ErrorParts}`;

export const RejectRefund = /* GraphQL */ `
  mutation RejectRefund($refundId: ID!, $reason: String!) {
    rejectRefund(refundId: $refundId, reason: $reason) { payment { ...PaymentParts } userErrors { ...ErrorParts } }
  }
  ${PaymentParts} ${MoneyParts} ${ErrorParts}`;

export const WaitingRefunds = /* GraphQL */ `
  query WaitingRefunds($cinemaId: ID!) {
    payments(filter: { cinemaId: $cinemaId, refundStatus: AWAITING_APPROVAL }, first: 10) {
      totalCount
      nodes { id booking { id reference } refunds { id status createdAt amount { ...MoneyParts } } }
    }
  }
  ${MoneyParts}`;

export const DailyClose = /* GraphQL */ `
  query DailyClose($cinemaId: ID!, $day: Date!) {
    dailyClose(cinemaId: $cinemaId, day: $day) {
      day
      byMethod { method count captured { ...MoneyParts } refunded { ...MoneyParts } providerNet { ...MoneyParts } }
      differences { key booked { ...MoneyParts } provider { ...MoneyParts } payment { id method booking { id reference } } }
      mismatches { ...PaymentParts }
      attention { ...PaymentParts }
    }
  }
  ${PaymentParts} ${MoneyParts}`;

const ExportParts = /* GraphQL */ `fragment ExportParts on Export { id kind format status progress rows url createdAt expiresAt }`;

export const OwnExports = /* GraphQL */ `
  query OwnExports { myExports(first: 30) { ...ExportParts } }
  ${ExportParts}`;

export const ExportBookings = /* GraphQL */ `
  mutation ExportBookings($filter: BookingFilter!, $format: ExportFormat!) {
    made: exportBookings(filter: $filter, format: $format) { export { ...ExportParts } userErrors { ...ErrorParts } }
  }
  ${ExportParts} ${ErrorParts}`;

export const ExportSales = /* GraphQL */ `
  mutation ExportSales($from: Date!, $to: Date!, $cinemaId: ID, $format: ExportFormat!) {
    made: exportSales(from: $from, to: $to, cinemaId: $cinemaId, format: $format) { export { ...ExportParts } userErrors { ...ErrorParts } }
  }
  ${ExportParts} ${ErrorParts}`;

export const ExportPayments = /* GraphQL */ `
  mutation ExportPayments($from: Date!, $to: Date!, $cinemaId: ID, $format: ExportFormat!) {
    made: exportPayments(from: $from, to: $to, cinemaId: $cinemaId, format: $format) { export { ...ExportParts } userErrors { ...ErrorParts } }
  }
  ${ExportParts} ${ErrorParts}`;
