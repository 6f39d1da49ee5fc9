// @ts-check
/**
 * Draws a film's poster from its title: the same film gives the same bytes, here and in
 * movie_service/poster_art.py (its twin; tests/golden/posters/*.svg hold both to it).
 *
 * Everything is integer arithmetic. `div(a, b)` is the quotient rounded towards minus infinity.
 *
 * 1. Chance. hash = FNV-1a, 32 bit, over the UTF-8 bytes of the slug (offset 2166136261, prime
 *    16777619). A generator starts at that hash; each draw sets state = (state * 1664525 +
 *    1013904223) mod 2^32, then mixed = ((state ^ (state >> 16)) * 2246822507) mod 2^32 and gives
 *    mixed ^ (mixed >> 13), unsigned; `pick(n)` is that draw modulo n. Draws happen in the order
 *    in which the code below asks for them: inks, then motif, then the motif's own (in template
 *    text from left to right).
 * 2. Title. Words are parted by space, tab, CR, LF. A character's width in thousandths of the font
 *    size comes from WIDTHS (by group, else 720; code points from U+2E80 on 1000). Widths are those
 *    of a wide bold face, so that any fallback font stays inside. Sizes are tried from the largest
 *    until a greedy wrap into 344 fits the lines that SIZES allows and no word is wider than the
 *    line; then the wrap is narrowed in steps of 8 while the count of lines stays (an even rag).
 *    Nothing fits: smallest size, words cut where they overrun, six lines, the last one ends in "…".
 * 3. Band. The title's lines stand on y = 536 upwards, the credit line on y = 572. The band begins
 *    at 536 - (lines - 1) * leading - size - 20; the motif gets the area above it ("room" high) and
 *    the band is painted over whatever reaches below: title and motif never meet.
 * 4. Output: one line without blanks between elements, attributes in the order written here.
 */

/** Background, text, and three colours for the motif. Text on background: at least 6:1. */
const INKS = [
  ["#F2E8CF", "#1D1826", "#C9553D", "#2F6DB5", "#1D1826"],
  ["#15101C", "#F6C35B", "#F08BB4", "#5E9BE0", "#F6C35B"],
  ["#3D1D66", "#FFE0B5", "#FF6F6B", "#8FC8E6", "#FFD6A5"],
  ["#123C38", "#F2E8CF", "#E07A5F", "#81B29A", "#F2E8CF"],
  ["#7A1945", "#FBE9D7", "#F4B942", "#F28FB1", "#FBE9D7"],
  ["#CFE3F7", "#1C2A4A", "#E4572E", "#1F4F8C", "#F4B942"],
];

/** Font size, lines allowed. */
const SIZES = [[58, 2], [52, 2], [46, 3], [40, 3], [36, 4], [32, 4], [28, 5], [24, 6]];

const LINE = 344;
/** @type {[string, number][]} */
const WIDTHS = [
  ["il|!.,:;'’ jIJíìïî·", 380],
  ["frt()[]-“”\"", 500],
  ["csz?", 600],
  ["mwMW%@Œœ", 1050],
  ["ABCDGHKNOQRUVXÀÁÂÄÅÈÉÊËÖÓÔØÜÚÛÑ&", 840],
];

const MOTIFS = [sunAndSea, beam, rings, peaks, seats, arcs];

/** @param {number} a @param {number} b */
const div = (a, b) => Math.floor(a / b);

/**
 * Address form of a title: NFKD, marks dropped, lower case, other runs one hyphen.
 * @param {string} title
 */
export function posterSlug(title) {
  const plain = title.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || title;
}

/**
 * The poster as SVG text, 400 by 600.
 * @param {{slug: string, title: string, genre?: string | null, minutes?: number | null}} film
 * @returns {string}
 */
export function posterSvg({ slug, title, genre, minutes }) {
  const pick = chance(fnv1a(slug));
  const inks = INKS[pick(INKS.length)];
  const [background, ink] = inks;
  const motif = MOTIFS[pick(MOTIFS.length)];
  const { size, lines } = setTitle(title);
  const leading = div(size * 105, 100);
  const first = 536 - (lines.length - 1) * leading;
  const room = first - size - 20;
  const credit = [minutes ? `${minutes} MIN` : "", (genre || "").toUpperCase()].filter(Boolean).join(" · ");
  const spans = lines.map((line, i) => `<tspan x="28" y="${first + i * leading}">${escape(line)}</tspan>`).join("");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 600" role="img" aria-label="${escape(title)}">` +
    `<rect width="400" height="600" fill="${background}"/>` +
    motif(pick, room, inks) +
    `<rect y="${room}" width="400" height="${600 - room}" fill="${background}"/>` +
    `<text font-family="'Bricolage Grotesque',Inter,'DejaVu Sans',Helvetica,Arial,sans-serif" font-weight="800" ` +
    `font-size="${size}" letter-spacing="-1" fill="${ink}">${spans}</text>` +
    `<text x="28" y="572" font-family="Inter,'DejaVu Sans',Helvetica,Arial,sans-serif" font-weight="600" ` +
    `font-size="14" letter-spacing="1" fill="${ink}">${escape(credit)}</text></svg>`
  );
}

/** @param {string} text */
function fnv1a(text) {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
}

/** @param {number} seed @returns {(n: number) => number} */
function chance(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 16), 2246822507) >>> 0;
    return ((mixed ^ (mixed >>> 13)) >>> 0) % n;
  };
}

/** @param {string} text @param {number} size */
function widthOf(text, size) {
  let thousandths = 0;
  for (const character of text) {
    const group = WIDTHS.find(([members]) => members.includes(character));
    thousandths += group ? group[1] : /** @type {number} */ (character.codePointAt(0)) >= 0x2e80 ? 1000 : 720;
  }
  return div(thousandths * size + 999, 1000);
}

/** @param {string[]} words @param {number} size @param {number} limit */
function wrap(words, size, limit) {
  /** @type {string[]} */
  const lines = [];
  for (const word of words) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && widthOf(longer, size) <= limit) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** @param {string} title */
function setTitle(title) {
  const words = title.split(/[ \t\r\n]+/).filter(Boolean);
  for (const [size, most] of SIZES) {
    let lines = wrap(words, size, LINE);
    if (lines.length > most || lines.some((line) => widthOf(line, size) > LINE)) continue;
    for (let limit = LINE - 8; limit > 0; limit -= 8) {
      const narrower = wrap(words, size, limit);
      if (narrower.length > lines.length || narrower.some((line) => widthOf(line, size) > limit)) break;
      lines = narrower;
    }
    return { size, lines };
  }
  const lines = wrap(words.flatMap((word) => cut(word, 24)), 24, LINE);
  if (lines.length <= 6) return { size: 24, lines };
  return { size: 24, lines: [...lines.slice(0, 5), `${lines[5]}…`] };
}

/** @param {string} word @param {number} size */
function cut(word, size) {
  const pieces = [""];
  for (const character of word) {
    if (widthOf(pieces[pieces.length - 1] + character, size) > LINE - 24) pieces.push("");
    pieces[pieces.length - 1] += character;
  }
  return pieces;
}

/** @param {string} text */
function escape(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** @param {number} x @param {number} y @param {number} r @param {string} fill */
const disc = (x, y, r, fill) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
/** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} fill */
const bar = (x, y, width, height, fill) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
/** @param {string} d @param {string} fill */
const shape = (d, fill) => `<path d="${d}" fill="${fill}"/>`;

/** @typedef {(pick: (n: number) => number, room: number, inks: string[]) => string} Motif */

/** @type {Motif} A sun half over the water, its light broken into bars. */
function sunAndSea(pick, room, inks) {
  const horizon = div(room * (56 + pick(12)), 100);
  const x = 110 + pick(180);
  const r = 70 + pick(44);
  const up = pick(r);
  let art = disc(x, horizon - up, r, inks[2]) + bar(0, horizon, 400, room - horizon, inks[3]);
  for (let y = horizon + 14, step = 0; y < room - 8; y += 16 + 3 * step, step += 1) {
    const half = r - div(r * step, 9) - pick(24);
    art += bar(x - half, y, 2 * half, 6 + step, step % 2 ? inks[4] : inks[2]);
  }
  return art;
}

/** @type {Motif} A projector's lens and its light, falling onto the title. */
function beam(pick, room, inks) {
  const x = 60 + pick(280);
  const y = 48 + pick(36);
  const lean = div((200 - x) * 2, 3);
  const half = 150 + pick(60);
  const middle = x + lean;
  let art = shape(`M${x} ${y}L${middle - half} ${room}H${middle + half}Z`, inks[3]);
  art += shape(`M${x} ${y}L${middle - div(half, 2)} ${room}H${middle + div(half, 3)}Z`, inks[4]);
  for (let i = 0; i < 7; i += 1) {
    const depth = 40 + pick(55);
    const reach = div(half * depth, 130);
    art += disc(x + div(lean * depth, 100) + pick(2 * reach + 1) - reach, y + div((room - y) * depth, 100), 3 + pick(5), inks[0]);
  }
  return art + disc(x, y, 26, inks[2]) + disc(x, y, 10, inks[0]);
}

/** @type {Motif} Rings like ripples or grooves, each a little off the last. */
function rings(pick, room, inks) {
  let x = 150 + pick(100);
  let y = div(room, 2) + pick(31) - 15;
  const most = div(room * (42 + pick(14)), 100);
  const count = 5 + pick(3);
  const dx = pick(13) - 6;
  const dy = pick(13) - 6;
  const cycle = [inks[2], inks[0], inks[3], inks[0], inks[4], inks[0]];
  let art = "";
  for (let i = 0; i < count; i += 1, x += dx, y += dy) art += disc(x, y, most - div(most * i, count), cycle[i % 6]);
  return art;
}

/** @type {Motif} A moon and three ranges, nearest in front. */
function peaks(pick, room, inks) {
  let art = disc(80 + pick(240), 70 + pick(60), 34 + pick(26), inks[4]);
  for (let range = 0; range < 3; range += 1) {
    const foot = div(room * (48 + 20 * range), 100);
    const step = 70 + pick(50);
    let d = `M-60 ${room}`;
    for (let x = -60 - pick(step), up = pick(2); x < 520; x += step, up = 1 - up) {
      d += `L${x} ${up ? foot - 50 - pick(60) : foot + pick(30)}`;
    }
    art += shape(`${d}V${room}Z`, [inks[3], inks[2], inks[1]][range]);
  }
  return art;
}

/** @type {Motif} An auditorium from above: rows of seats, some taken, one lit. */
function seats(pick, room, inks) {
  const columns = 5 + pick(2);
  const gap = 10;
  const width = div(344 - (columns - 1) * gap, columns);
  const height = div(width * 4, 5);
  const rows = div(room - 28 - 20, height + gap);
  const lit = pick(columns * rows);
  let art = "";
  for (let i = 0; i < columns * rows; i += 1) {
    const kind = pick(10);
    if (kind < 2 && i !== lit) continue;
    const x = 28 + (i % columns) * (width + gap);
    const y = 28 + div(i, columns) * (height + gap);
    const fill = i === lit ? inks[4] : kind < 7 ? inks[3] : inks[2];
    const r = div(height, 4);
    art += shape(
      `M${x} ${y + r}Q${x} ${y} ${x + r} ${y}H${x + width - r}Q${x + width} ${y} ${x + width} ${y + r}` +
        `V${y + height - 6}Q${x + div(width, 2)} ${y + height + 6} ${x} ${y + height - 6}Z`,
      fill,
    );
  }
  return art;
}

/** @type {Motif} Tiles with quarter discs, turned by chance. */
function arcs(pick, room, inks) {
  const side = 100;
  let art = "";
  for (let y = room - side * (div(room, side) + 1); y < room; y += side) {
    for (let x = 0; x < 400; x += side) {
      const fill = inks[2 + pick(3)];
      const turn = pick(5);
      if (turn === 0) art += shape(`M${x} ${y}h${side}A${side} ${side} 0 0 1 ${x} ${y + side}Z`, fill);
      if (turn === 1) art += shape(`M${x + side} ${y}v${side}A${side} ${side} 0 0 1 ${x} ${y}Z`, fill);
      if (turn === 2) art += shape(`M${x + side} ${y + side}h-${side}A${side} ${side} 0 0 1 ${x + side} ${y}Z`, fill);
      if (turn === 3) art += shape(`M${x} ${y + side}v-${side}A${side} ${side} 0 0 1 ${x + side} ${y + side}Z`, fill);
      if (turn === 4) art += disc(x + div(side, 2), y + div(side, 2), div(side, 2), fill);
    }
  }
  return art;
}
