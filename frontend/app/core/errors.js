// @ts-check
/**
 * A failure that a page shows as a whole. Codes: those of the API (UNAUTHENTICATED, FORBIDDEN, NOT_FOUND,
 * RATE_LIMITED, SERVICE_UNAVAILABLE, …), OFFLINE when no answer came, INTERNAL for everything else.
 */
export class AppError extends Error {
  /** @param {string} code @param {string} message @param {{requestId?: string, retryAfter?: number}} [more] retryAfter: seconds */
  constructor(code, message, { requestId, retryAfter } = {}) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/** @param {unknown} error @returns {boolean} whether a view was left before it was loaded */
export const isAbort = (error) => error instanceof DOMException && error.name === "AbortError";

/** @param {unknown} error @returns {boolean} whether nobody answered, which says nothing about what was asked */
export const isUnanswered = (error) => error instanceof AppError && (error.code === "OFFLINE" || error.code === "SERVICE_UNAVAILABLE");
