// @ts-check
/** Rules of a seating plan: pure functions over plain seats. */

/**
 * @typedef {{id: string, row: string, number: number, category: string, x: number, y: number}} Seat
 * @typedef {"AVAILABLE" | "HELD" | "HELD_BY_ME" | "SOLD" | "BLOCKED"} SeatStatus
 * @typedef {{row: string, y: number, seats: Seat[]}} Row seats from left to right
 */

const LETTERS = /** @type {Record<string, SeatStatus>} */ ({ a: "AVAILABLE", h: "HELD", m: "HELD_BY_ME", s: "SOLD", b: "BLOCKED" });

/** Rows from the screen to the back. @param {Seat[]} seats @returns {Row[]} */
export function rowsOf(seats) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const seat of seats) {
    const row = rows.get(seat.row) ?? { row: seat.row, y: seat.y, seats: [] };
    row.seats.push(seat);
    rows.set(seat.row, row);
  }
  for (const row of rows.values()) row.seats.sort((a, b) => a.x - b.x);
  return [...rows.values()].sort((a, b) => a.y - b.y);
}

/**
 * States by seat from the letters of Showtime.seatStatuses.
 * @param {Seat[]} seats in the order of seatMap @param {string} letters
 */
export function statusesOf(seats, letters) {
  return new Map(seats.map((seat, index) => [seat.id, LETTERS[letters[index]] ?? "BLOCKED"]));
}

/**
 * The seat that a key leads to, or null at an edge. Up and down choose the nearest place in the next row.
 * @param {Row[]} rows @param {string} seatId
 * @param {"left" | "right" | "up" | "down" | "rowStart" | "rowEnd" | "first" | "last" | "firstRow" | "lastRow"} move
 */
export function neighbour(rows, seatId, move) {
  const r = rows.findIndex((row) => row.seats.some((seat) => seat.id === seatId));
  if (r < 0) return null;
  const row = rows[r].seats;
  const i = row.findIndex((seat) => seat.id === seatId);
  const nearest = (/** @type {Row | undefined} */ other) =>
    other?.seats.reduce((best, seat) => (Math.abs(seat.x - row[i].x) < Math.abs(best.x - row[i].x) ? seat : best)) ?? null;
  const found = {
    left: () => row[i - 1],
    right: () => row[i + 1],
    up: () => nearest(rows[r - 1]),
    down: () => nearest(rows[r + 1]),
    rowStart: () => row[0],
    rowEnd: () => row.at(-1),
    first: () => rows[0].seats[0],
    last: () => rows.at(-1)?.seats.at(-1),
    firstRow: () => nearest(rows[0]),
    lastRow: () => nearest(rows.at(-1)),
  }[move]();
  return found?.id ?? null;
}

/**
 * Blocks of free seats side by side, as large as the party, that leave no single seat alone; all blocks if
 * there are only such ones.
 * @param {Row} row @param {(seatId: string) => boolean} isFree @param {number} count
 * @returns {Seat[][]}
 */
export function freeBlocks(row, isFree, count) {
  const blocks = runsOf(row, isFree).flatMap((run) =>
    Array.from({ length: Math.max(0, run.length - count + 1) }, (_, from) => ({ run, from })),
  );
  const kind = (/** @type {{run: Seat[], from: number}} */ { run, from }) => from !== 1 && run.length - from - count !== 1;
  const good = blocks.filter(kind);
  return (good.length ? good : blocks).map(({ run, from }) => run.slice(from, from + count));
}

/**
 * Free seats that the choice would leave alone between taken ones.
 * @param {Row[]} rows @param {(seatId: string) => boolean} isFree before the choice @param {Set<string>} chosen
 * @returns {string[]} seat ids
 */
export function loneSeats(rows, isFree, chosen) {
  const freeAfter = (/** @type {string} */ id) => isFree(id) && !chosen.has(id);
  return rows
    .filter((row) => row.seats.some((seat) => chosen.has(seat.id)))
    .flatMap((row) => {
      const wasAlone = new Set(runsOf(row, isFree).filter((run) => run.length === 1).map((run) => run[0].id));
      return runsOf(row, freeAfter).filter((run) => run.length === 1 && !wasAlone.has(run[0].id)).map((run) => run[0].id);
    });
}

/**
 * Where in the room the seats are.
 * @param {Row[]} rows @param {string[]} seatIds
 * @returns {{side: "left" | "middle" | "right", rowsFromScreen: number} | null}
 */
export function placeOf(rows, seatIds) {
  const all = rows.flatMap((row) => row.seats);
  const chosen = all.filter((seat) => seatIds.includes(seat.id));
  if (!chosen.length) return null;
  const xs = all.map((seat) => seat.x);
  const left = Math.min(...xs);
  const width = Math.max(...xs) - left || 1;
  const at = (chosen.reduce((sum, seat) => sum + seat.x, 0) / chosen.length - left) / width;
  const rowIndex = Math.min(...chosen.map((seat) => rows.findIndex((row) => row.row === seat.row)));
  return { side: at < 1 / 3 ? "left" : at > 2 / 3 ? "right" : "middle", rowsFromScreen: rowIndex + 1 };
}

/** Runs of free neighbours; a gap wider than a seat parts them. @param {Row} row @param {(seatId: string) => boolean} isFree */
function runsOf(row, isFree) {
  /** @type {Seat[][]} */
  const runs = [];
  /** @type {Seat | null} */
  let last = null;
  for (const seat of row.seats) {
    if (isFree(seat.id)) {
      if (last && seat.x - last.x < 1.5) runs[runs.length - 1].push(seat);
      else runs.push([seat]);
    }
    last = isFree(seat.id) ? seat : null;
  }
  return runs;
}
