import type { IField, IFile, Value } from './types';

/** The kinds that stand on an axis or go through a list of texts. */
export function canVary(field: IField): boolean {
  return (
    field.kind === 'number' ||
    field.kind === 'integer' ||
    field.kind === 'boolean' ||
    ((field.kind === 'choice' || field.kind === 'text') && field.options.length > 1)
  );
}

export function isFile(value: Value | undefined): value is IFile {
  return typeof value === 'object' && value !== null;
}

export function same(one: Value | undefined, other: Value | undefined): boolean {
  return one === other || JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** What was typed, as a number if it is one: Python says what is wrong with it otherwise. */
export function typedNumber(typed: string): number | string | null {
  const trimmed = typed.trim();
  if (trimmed === '') {
    return null;
  }
  const read = Number(trimmed);
  // A whole number that a float does not hold stays as it was typed.
  return Number.isFinite(read) && (Number.isSafeInteger(read) || !Number.isInteger(read)) ? read : trimmed;
}

/** A time as the browser's picker takes it. */
export function pickerTime(value: Value | undefined): string {
  const written = typeof value === 'string' ? value.replace(' ', 'T') : '';
  return /^\d{4}-\d\d-\d\d$/.test(written) ? `${written}T00:00` : written.slice(0, 19);
}
