// @ts-check
/** Days that a filter names, in the zone of who looks: a log belongs to no cinema. */

/** The first instant of a day. @param {string | null} day YYYY-MM-DD @returns {string | null} null for what is no day */
export function dayBegins(day) {
  const instant = day && /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00`) : null;
  return instant && !Number.isNaN(instant.valueOf()) ? instant.toISOString() : null;
}

/** The first instant after a day. @param {string | null} day YYYY-MM-DD @returns {string | null} */
export function dayIsOver(day) {
  const begins = dayBegins(day);
  if (!begins) return null;
  const instant = new Date(begins);
  instant.setDate(instant.getDate() + 1); // a day of 23 or 25 hours is one too
  return instant.toISOString();
}
