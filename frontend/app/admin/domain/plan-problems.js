// @ts-check
/** What is wrong with a plan (the service refuses it) and what looks forgotten (it may be meant so). */
import { capacityOf, CATEGORIES, MOST, numbersOf, seatCount } from "./seating-plan.js";

/**
 * @typedef {{code: "empty" | "seats" | "rows" | "length" | "name" | "number" | "repeated", values: Record<string, string | number>}} PlanFault
 * @typedef {{code: "unpriced" | "alone", values: Record<string, string | number>, labels: string[]}} PlanWarning labels: of the seats
 */

/** Everything for which the service would refuse the plan; none for a good one. @param {import("./seating-plan.js").Plan} plan @returns {PlanFault[]} */
export function faultsOf(plan) {
  const seats = capacityOf(plan);
  if (seats === 0) return [{ code: "empty", values: {} }];
  /** @type {PlanFault[]} */
  const found = [];
  if (seats > MOST.seats) found.push({ code: "seats", values: { most: MOST.seats, seats } });
  if (plan.length > MOST.rows) found.push({ code: "rows", values: { most: MOST.rows, rows: plan.length } });
  for (const [y, row] of plan.entries()) {
    const place = row.row || String(y + 1);
    if (row.places.length > MOST.places) found.push({ code: "length", values: { row: place, most: MOST.places } });
    if ((row.row || seatCount(row)) && !/^[A-Z]{1,2}$/.test(row.row)) found.push({ code: "name", values: { row: place } });
    if (row.numberFrom < 1 || row.numberFrom + seatCount(row) - 1 > MOST.number) found.push({ code: "number", values: { row: place, most: MOST.number } });
  }
  return [...found, ...repeatedRows(plan)];
}

/**
 * @param {import("./seating-plan.js").Plan} plan @param {Set<string> | null} priced categories that showtimes here have a price for, null where there is none to compare with
 * @returns {PlanWarning[]}
 */
export function warningsOf(plan, priced) {
  const alone = wheelchairsAlone(plan);
  const unpriced = Object.entries(CATEGORIES)
    .filter(([, category]) => priced && !priced.has(category))
    .map(([letter, category]) => ({ category, labels: labelsOf(plan, letter) }))
    .filter(({ labels }) => labels.length);
  return [
    ...unpriced.map(({ category, labels }) => /** @type {PlanWarning} */ ({ code: "unpriced", values: { category }, labels })),
    ...(alone.length ? [/** @type {PlanWarning} */ ({ code: "alone", values: {}, labels: alone })] : []),
  ];
}

/** Names that several rows bear: their seats would have the same label. @param {import("./seating-plan.js").Plan} plan */
export function repeatedRows(plan) {
  const names = plan.map(({ row }) => row).filter(Boolean);
  const several = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return several.map((row) => /** @type {PlanFault} */ ({ code: "repeated", values: { row, label: `${row}${plan.find((each) => each.row === row)?.numberFrom ?? 1}` } }));
}

/** Wheelchair spaces without a companion's seat right beside them. @param {import("./seating-plan.js").Plan} plan */
function wheelchairsAlone(plan) {
  return plan.flatMap((row) => {
    const numbers = numbersOf(row);
    return [...row.places].flatMap((place, x) =>
      place === "A" && row.places[x - 1] !== "C" && row.places[x + 1] !== "C" ? [`${row.row}${numbers[x]}`] : [],
    );
  });
}

/** @param {import("./seating-plan.js").Plan} plan @param {string} letter */
const labelsOf = (plan, letter) =>
  plan.flatMap((row) => {
    const numbers = numbersOf(row);
    return [...row.places].flatMap((place, x) => (place === letter ? [`${row.row}${numbers[x]}`] : []));
  });
