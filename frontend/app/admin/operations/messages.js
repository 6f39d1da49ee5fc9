// @ts-check
/** Messages to guests, and who changed what. */
import { ErrorParts } from "./parts.js";

const MessageParts = /* GraphQL */ `
  fragment MessageParts on Notification {
    id kind channel recipient subject body status attempts lastError createdAt sentAt readAt booking { id reference }
  }`;

export const StaffMessages = /* GraphQL */ `
  query StaffMessages($filter: NotificationFilter!, $after: String) {
    notifications(filter: $filter, first: 30, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ...MessageParts } }
  }
  ${MessageParts}`;

export const ResendMessage = /* GraphQL */ `
  mutation ResendMessage($id: ID!) {
    resendNotification(id: $id) { notification { ...MessageParts } userErrors { ...ErrorParts } }
  }
  ${MessageParts} ${ErrorParts}`;

export const AuditLog = /* GraphQL */ `
  query AuditLog($filter: AuditFilter!, $after: String) {
    auditEntries(filter: $filter, first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id at action objectType objectId before after requestId actor { id name email } }
    }
  }`;
