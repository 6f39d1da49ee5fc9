// @ts-check
/**
 * A seating plan while it is drawn: rows of letters as the API takes them (SeatRowInput), and what one can do with
 * them. Pure: every function gives a new plan. A letter is a place: S P R L A C a seat of a category, _ a gap.
 */

/**
 * @typedef {{row: string, places: string, numberFrom: number, rightToLeft: boolean}} SeatRow as SeatRowInput has it
 * @typedef {SeatRow[]} Plan from the screen to the back
 * @typedef {{y: number, x: number}} Cell row from the screen and place from the left, both from 0
 * @typedef {{top: number, bottom: number, left: number, right: number}} Box of cells, all ends included
 * @typedef {"left" | "right" | "up" | "down" | "rowStart" | "rowEnd" | "first" | "last" | "firstRow" | "lastRow"} Move
 */

/** Letter → category of the API. */
export const CATEGORIES = /** @type {Record<string, string>} */ ({
  S: "STANDARD", P: "PREMIUM", R: "RECLINER", L: "LOVESEAT", A: "ACCESSIBLE", C: "COMPANION",
});
export const GAP = "_";
/** What the service takes (cinema_service/seating.py). */
export const MOST = { seats: 600, rows: 60, places: 80, number: 999 };

/** @param {SeatRow} row */
export const seatCount = ({ places }) => [...places].filter((place) => place !== GAP).length;

/** @param {Plan} plan */
export const capacityOf = (plan) => plan.reduce((sum, row) => sum + seatCount(row), 0);

/** Places of the longest row. @param {Plan} plan */
export const widthOf = (plan) => Math.max(0, ...plan.map(({ places }) => places.length));

/** Numbers of a row's seats by place, null for a gap. @param {SeatRow} row @returns {(number | null)[]} */
export function numbersOf(row) {
  const count = seatCount(row);
  let passed = 0;
  return [...row.places].map((place) => {
    if (place === GAP) return null;
    passed += 1;
    return row.numberFrom + (row.rightToLeft ? count - passed : passed - 1);
  });
}

/** The seats as guests get them. @param {Plan} plan @returns {import("../../domain/seats.js").Seat[]} */
export function seatsOf(plan) {
  return plan.flatMap((row, y) =>
    numbersOf(row).flatMap((number, x) =>
      number === null ? [] : [{ id: `${row.row}${number}`, row: row.row, number, category: CATEGORIES[row.places[x]], x, y }],
    ),
  );
}

/** The box between two corners. @param {Cell} anchor @param {Cell} cursor @returns {Box} */
export const boxBetween = (anchor, cursor) => ({
  top: Math.min(anchor.y, cursor.y), bottom: Math.max(anchor.y, cursor.y), left: Math.min(anchor.x, cursor.x), right: Math.max(anchor.x, cursor.x),
});

/** @param {Box} box @param {number} y @param {number} x */
export const isInside = ({ top, bottom, left, right }, y, x) => y >= top && y <= bottom && x >= left && x <= right;

/**
 * Where a key leads; an edge holds. A row ends with its last place, though one more is drawn.
 * @param {Plan} plan @param {Cell} cell @param {Move} move @param {number} columns that are drawn @returns {Cell}
 */
export function moved(plan, { y, x }, move, columns) {
  const last = plan.length - 1;
  const endOf = (/** @type {number} */ row) => (plan[row]?.places.length ?? 1) - 1;
  const to = {
    left: { y, x: x - 1 }, right: { y, x: x + 1 }, up: { y: y - 1, x }, down: { y: y + 1, x },
    rowStart: { y, x: 0 }, rowEnd: { y, x: endOf(y) }, first: { y: 0, x: 0 }, last: { y: last, x: endOf(last) },
    firstRow: { y: 0, x }, lastRow: { y: last, x },
  }[move];
  return within(to, { rows: plan.length, columns });
}

/** @param {Cell} cell @param {{rows: number, columns: number}} size @returns {Cell} the nearest one that is drawn */
export const within = ({ y, x }, { rows, columns }) => ({
  y: Math.max(0, Math.min(y, rows - 1)), x: Math.max(0, Math.min(x, columns - 1)),
});

/** The name after: A … Z, AA … ZZ, then none. @param {string} name @returns {string} */
export function nameAfter(name) {
  const letters = [...name].map((letter) => letter.charCodeAt(0) - 65);
  const value = letters.reduce((sum, letter) => sum * 26 + letter + 1, 0);
  if (value >= 26 * 27) return "";
  const first = Math.floor(value / 26);
  return `${first ? String.fromCharCode(64 + first) : ""}${String.fromCharCode(65 + (value % 26))}`;
}

/** The first name after `name` that no row has. @param {Plan} plan @param {string} name */
export function freeNameAfter(plan, name) {
  const taken = new Set(plan.map(({ row }) => row));
  let next = nameAfter(name);
  while (next && taken.has(next)) next = nameAfter(next);
  return next;
}

/** What a new row would be called: after the last named one. @param {Plan} plan */
export const newName = (plan) => freeNameAfter(plan, plan.findLast(({ row }) => row)?.row ?? "");

/**
 * Rows that are alike, named one after the other.
 * @param {Plan} plan @param {{count: number, first: string, places: string, numberFrom: number, rightToLeft: boolean, at: number}} block
 * at: before which row they come, plan.length for the back
 */
export function withRows(plan, { count, first, places, numberFrom, rightToLeft, at }) {
  let row = first;
  const rows = Array.from({ length: count }, () => {
    const made = { row, places, numberFrom, rightToLeft };
    row = nameAfter(row);
    return made;
  });
  return [...plan.slice(0, at), ...rows, ...plan.slice(at)];
}

/**
 * Paints a box with one letter; `_` takes the seats away, and nothing moves. Where the box has seats, aisles between
 * them stay; where it has none, there are seats then.
 * @param {Plan} plan @param {Box} box @param {string} letter
 */
export function painted(plan, box, letter) {
  const onlySeats = letter !== GAP && categoriesIn(plan, box).length > 0;
  return inBox(plan, box, (row) => {
    const places = row.places.padEnd(box.right + 1, GAP);
    const inside = [...places.slice(box.left, box.right + 1)].map((place) => (onlySeats && place === GAP ? GAP : letter)).join("");
    return { ...row, places: trimmed(places.slice(0, box.left) + inside + places.slice(box.right + 1)) };
  });
}

/** An aisle before the box, as wide as it: what stands there moves right, unless a row would grow too long. @param {Plan} plan @param {Box} box */
export function withAisle(plan, box) {
  const width = box.right - box.left + 1;
  return inBox(plan, box, (row) =>
    row.places.length <= box.left || row.places.length + width > MOST.places
      ? row
      : { ...row, places: row.places.slice(0, box.left) + GAP.repeat(width) + row.places.slice(box.left) },
  );
}

/** Takes the box's places out: what stands right of them closes up. @param {Plan} plan @param {Box} box */
export const closedUp = (plan, box) =>
  inBox(plan, box, (row) => ({ ...row, places: trimmed(row.places.slice(0, box.left) + row.places.slice(box.right + 1)) }));

/** An aisle across the room, behind the box. @param {Plan} plan @param {Box} box */
export const withCrossAisle = (plan, { bottom }) =>
  [...plan.slice(0, bottom + 1), { row: "", places: GAP, numberFrom: 1, rightToLeft: false }, ...plan.slice(bottom + 1)];

/** The box's rows once more behind them, under free names. @param {Plan} plan @param {Box} box */
export function withCopies(plan, { top, bottom }) {
  let name = plan[bottom]?.row ?? "";
  const copies = plan.slice(top, bottom + 1).map((row) => {
    if (row.row) name = freeNameAfter(plan, name);
    return { ...row, row: row.row && name };
  });
  return [...plan.slice(0, bottom + 1), ...copies, ...plan.slice(bottom + 1)];
}

/** @param {Plan} plan @param {Box} box */
export const withoutRows = (plan, { top, bottom }) => [...plan.slice(0, top), ...plan.slice(bottom + 1)];

/**
 * Names the box's rows one after the other, front to back; aisles across the room stay without a name.
 * @param {Plan} plan @param {Box} box @param {string} first
 */
export function renamed(plan, box, first) {
  let name = first;
  return inBox(plan, box, (row) => {
    if (!seatCount(row) && !row.row) return row;
    const own = { ...row, row: name };
    name = nameAfter(name);
    return own;
  });
}

/** @param {Plan} plan @param {Box} box @param {{numberFrom?: number, rightToLeft?: boolean}} numbering what is not given stays */
export const numbered = (plan, box, numbering) => inBox(plan, box, (row) => (seatCount(row) ? { ...row, ...numbering } : row));

/** How many seats of each category a box holds, in the order of CATEGORIES. @param {Plan} plan @param {Box} box @returns {[string, number][]} */
export function categoriesIn(plan, { top, bottom, left, right }) {
  const letters = plan.slice(top, bottom + 1).map(({ places }) => places.slice(left, right + 1)).join("");
  return Object.keys(CATEGORIES)
    .map((letter) => /** @type {[string, number]} */ ([CATEGORIES[letter], letters.split(letter).length - 1]))
    .filter(([, count]) => count > 0);
}

/** @param {Plan} one @param {Plan} other */
export const isSame = (one, other) =>
  one.length === other.length &&
  one.every((row, y) => row.row === other[y].row && row.places === other[y].places && row.numberFrom === other[y].numberFrom && row.rightToLeft === other[y].rightToLeft);

/** Gaps at a row's end draw nothing; a row keeps one place. @param {string} places */
const trimmed = (places) => places.replace(/_+$/, "") || GAP;

/** @param {Plan} plan @param {Box} box @param {(row: SeatRow) => SeatRow} change */
const inBox = (plan, { top, bottom }, change) => plan.map((row, y) => (y < top || y > bottom ? row : change(row)));
