// @ts-check
/** Events out of the text of an event stream (HTML standard, § server-sent events), as it arrives in pieces. */

/**
 * @returns {(text: string) => {event: string, data: string}[]} feed it pieces, get whole events
 */
export function eventReader() {
  let rest = "";
  return (text) => {
    rest = (rest + text).replace(/\r\n/g, "\n");
    const blocks = rest.split("\n\n");
    rest = /** @type {string} */ (blocks.pop());
    return blocks.map(read).filter((event) => event !== null);
  };
}

/** @param {string} block */
function read(block) {
  let event = "message";
  /** @type {string[]} */
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length || event !== "message" ? { event, data: data.join("\n") } : null;
}
