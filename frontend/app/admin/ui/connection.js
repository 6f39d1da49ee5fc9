// @ts-check
/** Lists of the API by cursor. */
import { gql } from "../../core/gql.js";

/** @typedef {{nodes: any[], totalCount?: number, pageInfo: {hasNextPage: boolean, endCursor: string | null}}} Connection */

/**
 * All nodes of a connection, page by page: for lists that are short by nature (cinemas, the showtimes of a day).
 * @param {string} operation with the variable $after @param {string} field top-level field of the connection
 * @param {Record<string, unknown>} [variables] @param {AbortSignal} [signal] @returns {Promise<any[]>}
 */
export async function allOf(operation, field, variables = {}, signal) {
  const nodes = [];
  let after = null;
  do {
    const data = /** @type {Record<string, Connection>} */ (await gql(operation, { ...variables, after }, { signal }));
    const { nodes: some, pageInfo } = data[field];
    nodes.push(...some);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  return nodes;
}
