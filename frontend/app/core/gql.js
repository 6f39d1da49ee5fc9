// @ts-check
/**
 * The only place that talks to the API. Queries are tried twice when no answer comes, mutations never:
 * what may be sent again carries an idempotency key in its input.
 */
import { setCoarseTime } from "./clock.js";
import { AppError } from "./errors.js";

const ENDPOINT = "/graphql";
const DEADLINE_MS = 45_000;

/**
 * @typedef {{message: string, path?: (string | number)[], extensions?: {code?: string, requestId?: string, retryAfterSeconds?: number}}} GraphError
 * @typedef {{signal?: AbortSignal, headers?: Record<string, string>, anonymous?: boolean}} Options
 */

/** Set by session.js, which needs this module itself. */
export const credentials = {
  /** @type {() => string | null} */
  token: () => null,
  /** @type {() => Promise<boolean>} */
  renew: async () => false,
  /** @type {() => boolean} */
  stale: () => false,
};

/**
 * Data of an operation.
 * @param {string} operation text of one named operation @param {Record<string, unknown>} [variables] @param {Options} [options]
 * @returns {Promise<any>}
 * @throws {AppError} when a top-level field could not be answered
 */
export async function gql(operation, variables = {}, options = {}) {
  const { data, errors } = await gqlPartial(operation, variables, options);
  const fatal = errors.find((error) => !error.path || data?.[error.path[0]] == null);
  if (fatal) throw asAppError(fatal);
  return data;
}

/**
 * Why a top-level field of a partial answer is null: what went wrong with it, else that there is no such thing.
 * @param {GraphError[]} errors @param {string} field @returns {AppError}
 */
export function whyMissing(errors, field) {
  const cause = errors.find((error) => error.path?.[0] === field);
  return cause ? asAppError(cause) : new AppError("NOT_FOUND", `No such ${field}`);
}

/**
 * Data and errors as they came, for pages that show the parts they got.
 * @param {string} operation @param {Record<string, unknown>} [variables] @param {Options} [options]
 * @returns {Promise<{data: any, errors: GraphError[]}>}
 */
export async function gqlPartial(operation, variables = {}, options = {}) {
  if (!options.anonymous && credentials.stale()) await credentials.renew();
  let answer = await ask(operation, variables, options);
  if (!options.anonymous && refused(answer) && (await credentials.renew())) answer = await ask(operation, variables, options);
  const errors = answer.body.errors ?? [];
  if (answer.body.data == null) {
    throw errors.length ? asAppError(errors[0], answer.status) : new AppError("INTERNAL", `HTTP ${answer.status}`);
  }
  return { data: answer.body.data, errors };
}

/** @param {string} operation */
export function requestOf(operation, /** @type {Record<string, unknown>} */ variables) {
  const operationName = /(?:query|mutation|subscription)\s+(\w+)/.exec(operation)?.[1];
  return JSON.stringify({ operationName, query: operation, variables });
}

/** @param {Record<string, string>} [extra] @param {boolean} [anonymous] */
export function headersOf(extra = {}, anonymous = false) {
  const token = anonymous ? null : credentials.token();
  return {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json",
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...extra,
  };
}

/** @param {string} operation @param {Record<string, unknown>} variables @param {Options} options */
async function ask(operation, variables, { signal, headers, anonymous }) {
  const tries = /^\s*query\b/.test(operation) ? 2 : 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post(requestOf(operation, variables), headersOf(headers, anonymous), signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (error instanceof AppError && error.code !== "OFFLINE") throw error;
      if (attempt === tries) throw new AppError("OFFLINE", "No answer from the server");
    }
  }
}

/** @param {string} body @param {Record<string, string>} headers @param {AbortSignal | undefined} signal */
async function post(body, headers, signal) {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers,
    body,
    credentials: "same-origin",
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  });
  setCoarseTime(response.headers.get("date"));
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    throw new AppError(response.status >= 500 ? "SERVICE_UNAVAILABLE" : "INTERNAL", `HTTP ${response.status}`);
  }
}

/** @param {{status: number, body: {errors?: GraphError[]}}} answer */
function refused({ status, body }) {
  return status === 401 || (body.errors ?? []).some((error) => error.extensions?.code === "UNAUTHENTICATED");
}

/** @param {GraphError} error @param {number} [status] */
function asAppError(error, status) {
  const { code, requestId, retryAfterSeconds: retryAfter } = error.extensions ?? {};
  return new AppError(code ?? (status === 401 ? "UNAUTHENTICATED" : "INTERNAL"), error.message, { requestId, retryAfter });
}
