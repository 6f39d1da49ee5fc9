// @ts-check
/** The house: cinemas and auditoriums. */

export const StaffCinemas = /* GraphQL */ `
  query StaffCinemas($after: String) {
    cinemas(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id name city timeZone currency } }
  }`;
