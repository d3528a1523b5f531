import type { Cell } from '../types';
import type { INumbers } from './types';

/** A table as spreadsheets read it; a text that they would take for a formula, and is no number, begins with an apostrophe. */
export function asCsv({ columns, rows }: INumbers): string {
  return [columns, ...rows].map(row => row.map(quoted).join(',')).join('\r\n') + '\r\n';
}

function quoted(value: Cell): string {
  if (typeof value !== 'string') {
    return value === null ? '' : String(value);
  }
  const safe = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
