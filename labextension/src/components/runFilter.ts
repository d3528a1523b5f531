/** Words without an operator are looked for in the names of runs; anything else is a filter, or the beginning of one. */
export function runFilter(typed: string): string {
  const filter = typed.trim();
  const plain =
    /^[\w .:/-]+$/.test(filter) &&
    !/\b(like|ilike|in|is|and)\b|^(metrics|params|tags|attributes)\./i.test(filter);
  return plain ? `attributes.run_name ILIKE '%${filter}%'` : filter;
}
