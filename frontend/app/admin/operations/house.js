// @ts-check
/** The house: cinemas and auditoriums. */
import { ErrorParts, MoneyParts } from "./parts.js";

const CinemaParts = /* GraphQL */ `
  fragment CinemaParts on Cinema {
    id name address city countryCode timeZone currency phone facilities capacity location { latitude longitude }
  }`;

const PlanParts = /* GraphQL */ `
  fragment PlanParts on Auditorium { id name formats capacity layoutVersion rows { row places numberFrom rightToLeft } }`;

const PolicyParts = /* GraphQL */ `
  fragment PolicyParts on BookingPolicy {
    gapRule holdMinutes maximumSeats salesCloseMinutes turnaroundMinutes fee { ...MoneyParts } refundTiers { hoursBefore percent }
  }`;

export const StaffCinemas = /* GraphQL */ `
  query StaffCinemas($after: String) {
    cinemas(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id name city timeZone currency } }
  }`;

export const FindCinemas = /* GraphQL */ `
  query FindCinemas($search: String, $after: String) {
    cinemas(search: $search, first: 30, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id name city address capacity auditoriums { id } }
    }
  }`;

export const StaffCinema = /* GraphQL */ `
  query StaffCinema($id: ID!) {
    cinema(id: $id) { ...CinemaParts auditoriums { id name formats capacity layoutVersion } bookingPolicy { ...PolicyParts } }
  }
  ${CinemaParts} ${PolicyParts} ${MoneyParts}`;

export const CreateCinema = /* GraphQL */ `
  mutation CreateCinema($input: CinemaInput!) { createCinema(input: $input) { cinema { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const UpdateCinema = /* GraphQL */ `
  mutation UpdateCinema($id: ID!, $input: CinemaInput!) { updateCinema(id: $id, input: $input) { cinema { id } userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const DeleteCinema = /* GraphQL */ `
  mutation DeleteCinema($id: ID!) { deleteCinema(id: $id) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;

export const SetBookingPolicy = /* GraphQL */ `
  mutation SetBookingPolicy($cinemaId: ID!, $input: BookingPolicyInput!) {
    setBookingPolicy(cinemaId: $cinemaId, input: $input) { bookingPolicy { holdMinutes } userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const ImportSeatingPlans = /* GraphQL */ `
  mutation ImportSeatingPlans($cinemaId: ID!, $dryRun: Boolean!) {
    createSeatingPlanImport(cinemaId: $cinemaId, dryRun: $dryRun) { uploadUrl userErrors { ...ErrorParts } }
  }
  ${ErrorParts}`;

export const AuditoriumPlan = /* GraphQL */ `
  query AuditoriumPlan($id: ID!) { auditorium(id: $id) { ...PlanParts cinema { id name city } } }
  ${PlanParts}`;

/** What a plan is compared with: the prices of this cinema's coming showtimes, and how many are in this room. */
export const PlanInUse = /* GraphQL */ `
  query PlanInUse($cinemaId: ID!, $auditoriumId: ID!, $from: DateTime!) {
    house: showtimes(filter: { cinemaId: $cinemaId, from: $from }, first: 20) { nodes { id prices { category } } }
    room: showtimes(filter: { auditoriumId: $auditoriumId, from: $from }, first: 1) { totalCount }
  }`;

export const PricesInUse = /* GraphQL */ `
  query PricesInUse($cinemaId: ID!, $from: DateTime!) {
    house: showtimes(filter: { cinemaId: $cinemaId, from: $from }, first: 20) { nodes { id prices { category } } }
  }`;

export const CreateAuditorium = /* GraphQL */ `
  mutation CreateAuditorium($input: AuditoriumInput!) {
    createAuditorium(input: $input) { auditorium { ...PlanParts } userErrors { ...ErrorParts } }
  }
  ${PlanParts} ${ErrorParts}`;

export const UpdateAuditorium = /* GraphQL */ `
  mutation UpdateAuditorium($id: ID!, $input: AuditoriumInput!, $seen: Int) {
    updateAuditorium(id: $id, input: $input, expectedLayoutVersion: $seen) { auditorium { ...PlanParts } userErrors { ...ErrorParts } }
  }
  ${PlanParts} ${ErrorParts}`;

export const DeleteAuditorium = /* GraphQL */ `
  mutation DeleteAuditorium($id: ID!) { deleteAuditorium(id: $id) { done userErrors { ...ErrorParts } } }
  ${ErrorParts}`;
