/**
 * Bundles come out of files and answers over the network: foreign input, so every field is looked at
 * before it is used. A field that is absent or of a wrong type becomes its empty value.
 */
import type { Cell, IEntry, IMetric, INamedRun, Status } from './types';

export type Dict = { [key: string]: unknown };

export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function dict(value: unknown): Dict {
  return isDict(value) ? value : {};
}

export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : otherwise;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** JSON has no NaN and no infinities: they travel as strings. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') {
    return value;
  }
  if (typeof value === 'string' && value.trim() !== '') {
    const parsed = Number(value);
    return !Number.isNaN(parsed) || value === 'NaN' ? parsed : null;
  }
  return null;
}

export function list<T>(value: unknown, item: (value: unknown) => T | null): T[] {
  if (!Array.isArray(value)) {
    return [];
  }
  return value.map(item).filter((one): one is Awaited<T> & NonNullable<T> => one !== null) as T[];
}

export function texts(value: unknown): string[] {
  return list(value, one => (typeof one === 'string' ? one : null));
}

export function namedTexts(value: unknown): { [name: string]: string } {
  return Object.fromEntries(Object.entries(dict(value)).map(([name, one]) => [name, text(one)]));
}

export function status(value: unknown): Status {
  switch (value) {
    case 'RUNNING':
    case 'SCHEDULED':
    case 'FAILED':
    case 'KILLED':
      return value;
    default:
      return 'FINISHED';
  }
}

export function namedRun(value: unknown): INamedRun | null {
  return isDict(value) && typeof value.run_id === 'string'
    ? {
        runId: value.run_id,
        name: text(value.name) || value.run_id.slice(0, 8),
        status: status(value.status)
      }
    : null;
}

export function entry(value: unknown): IEntry | null {
  return isDict(value) && typeof value.key === 'string' ? { key: value.key, value: text(value.value) } : null;
}

export function metric(value: unknown): IMetric | null {
  return isDict(value) && typeof value.key === 'string'
    ? { key: value.key, value: number(value.value) ?? NaN, step: number(value.step) ?? 0 }
    : null;
}

export function cell(value: unknown, kind: 'number' | 'text'): Cell {
  if (value === null || value === undefined) {
    return null;
  }
  return kind === 'number' ? (number(value) ?? text(value)) : text(value, String(value));
}
