/** Numbers and times as people read them, in the browser's locale. */
import type { Cell } from './types';
import type { ITranslate } from './translation';

const shortNumber = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 6, useGrouping: false });
const grouped = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' });

function special(value: number): string | null {
  return Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? null : value > 0 ? '∞' : '−∞';
}

function needsExponent(value: number): boolean {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e9);
}

function exponent(written: string): string {
  return written
    .replace(/(\.\d*?)0+e/, '$1e')
    .replace('.e', 'e')
    .replace('e+', 'e');
}

export function formatNumber(value: number, digits = 5): string {
  const word = special(value);
  if (word !== null) {
    return word;
  }
  if (needsExponent(value)) {
    return exponent(value.toExponential(3));
  }
  return Math.abs(value) >= 10000
    ? grouped.format(value)
    : shortNumber.format(Number.isInteger(value) ? value : Number(value.toPrecision(digits)));
}

/** The ends of an interval by two digits of its width: further ones would tell nothing. */
export function formatInterval(low: number, high: number): [string, string] {
  const width = high - low;
  if (!(width > 0) || [low, high, width].some(needsExponent)) {
    return [formatNumber(low), formatNumber(high)];
  }
  const digits = Math.max(0, 1 - Math.floor(Math.log10(width)));
  const fixed = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  });
  return [fixed.format(low), fixed.format(high)];
}

/**
 * One formatter for a column, so that decimal points stand below each other. Params keep what the
 * user wrote; metrics are rounded.
 */
export function columnFormat(group: string, values: Cell[]): (value: Cell) => string {
  const numbers = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v));
  const write = group === 'metrics' ? (one: number) => formatNumber(one) : formatParam;
  const largest = numbers.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  if (group !== 'metrics' || numbers.every(Number.isInteger) || largest < 1e-2 || needsExponent(largest)) {
    return value => (typeof value === 'number' ? write(value) : (value ?? ''));
  }
  const digits = largest >= 1000 ? 1 : largest >= 10 ? 2 : 4;
  const fixed = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  });
  const format = (value: number): string =>
    special(value) ?? (needsExponent(value) ? formatNumber(value) : fixed.format(value));
  return value => (typeof value === 'number' ? format(value) : (value ?? ''));
}

/** Drawn by chance, not typed: the rest of the digits is in the cell's tooltip. */
const LONG = 10;

function formatParam(value: number): string {
  const whole = special(value) ?? (needsExponent(value) ? exponent(value.toExponential()) : String(value));
  return whole.length <= LONG ? whole : formatNumber(value, 6);
}

/** Seconds as "0.8 s", "12 s", "3 min 05 s", "2 h 10 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 1) {
    return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  }
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const two = (part: number) => String(part).padStart(2, '0');
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Seconds as "0:07" or "1:02:03": a clock that ticks without changing its width. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number) => String(part).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** The last time that a `Date` can say; who logs nanoseconds is beyond it. */
const LAST_MS = 8.64e15;

export function formatTime(ms: number): string {
  return Math.abs(ms) <= LAST_MS ? dateTime.format(ms) : String(ms);
}

export function formatAgo(ms: number, now: number, trans: ITranslate): string {
  const seconds = (now - ms) / 1000;
  if (seconds < 45) {
    return trans.__('just now');
  }
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['minute', 60],
    ['hour', 3600],
    ['day', 86400],
    ['month', 2592000],
    ['year', 31536000]
  ];
  const [unit, size] = units.filter(([, one]) => seconds >= one * 0.9).pop() ?? ['minute', 60];
  return relative.format(-Math.max(1, Math.round(seconds / size)), unit);
}

/** Bytes as "640 B", "12 kB", "3.4 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${grouped.format(bytes / 1000 ** step)} ${units[step]}`;
}

/** The name at the end of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
