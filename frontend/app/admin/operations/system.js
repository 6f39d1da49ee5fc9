// @ts-check
/** How the system is. */
import { ErrorParts } from "./parts.js";

export const SystemStatus = /* GraphQL */ `
  query SystemStatus {
    systemStatus {
      at deadLetters lastBackupAt
      services {
        name status requests p95Milliseconds errorRate outboxWaiting outboxAgeSeconds queueDepth deadLetters
        breaker { name state since lastError }
        peers { name state since lastError }
      }
    }
  }`;

export const DeadLetterCount = /* GraphQL */ `query DeadLetterCount { systemStatus { deadLetters } }`;

export const DeadLetters = /* GraphQL */ `query DeadLetters($service: String!) { deadLetters(service: $service) { id name cause body } }`;

export const ReplayDeadLetters = /* GraphQL */ `
  mutation ReplayDeadLetters($service: String!) { replayDeadLetters(service: $service) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;
