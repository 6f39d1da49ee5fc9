// @ts-check
/** A file given to an address that the API signed for this person: a table, a picture. */
import { AppError } from "./errors.js";
import { headersOf } from "./gql.js";

const DEADLINE_MS = 120_000;

/**
 * @typedef {{row: number, code: string, message: string, field: string | null}} RefusedRow row as a spreadsheet shows it, the headings are row 1
 * @typedef {{dryRun: boolean, rows: number, created: number, updated: number, unchanged: number, refused: RefusedRow[]}} Report
 */

/**
 * What became of the rows, or why the file as a whole could not be read.
 * @param {string} uploadUrl as the API gave it; the pages stand at the same origin @param {File} file
 * @returns {Promise<{report: Report} | {refusal: {code: string, message: string}}>}
 * @throws {AppError} when there was no such answer
 */
export const uploadTable = (uploadUrl, file) => uploadFile(uploadUrl, file);

/**
 * The answer to a file, or why it was refused.
 * @param {string} uploadUrl @param {File} file
 * @returns {Promise<{report: any} | {refusal: {code: string, message: string}}>}
 * @throws {AppError} when there was no such answer
 */
export async function uploadFile(uploadUrl, file) {
  const { pathname, search } = new URL(uploadUrl, window.location.href);
  const body = new FormData();
  body.append("file", file);
  const { "content-type": _, ...headers } = headersOf({ accept: "application/json" });
  let response;
  try {
    response = await fetch(pathname + search, { method: "POST", headers, body, credentials: "same-origin", signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch {
    throw new AppError("OFFLINE", "No answer from the server");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return { report: answer };
  const [error] = answer?.errors ?? [];
  if (response.status === 422 && error) return { refusal: { code: error.extensions?.code ?? "FILE_UNREADABLE", message: error.message } };
  throw new AppError(error?.extensions?.code ?? (response.status >= 500 ? "SERVICE_UNAVAILABLE" : "INTERNAL"), error?.message ?? `HTTP ${response.status}`);
}
