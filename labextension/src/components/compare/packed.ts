/** Columns as bytes: see `views/formats/packing.py`, which writes them. */
import { dict, isDict, list, number, text, texts } from '../parse';
import type { Cell } from '../types';

export type Column = (row: number) => Cell;

export interface IPacked {
  rows: number;
  columns: Map<string, Column>;
}

const NOTHING: IPacked = { rows: 0, columns: new Map() };

export function unpack(sent: unknown): IPacked {
  if (!(sent instanceof ArrayBuffer) || sent.byteLength < 4) {
    return NOTHING;
  }
  const start = 4 + new DataView(sent).getUint32(0, true);
  const head = dict(JSON.parse(new TextDecoder().decode(new Uint8Array(sent, 4, start - 4))));
  const rows = number(head.rows) ?? 0;
  const columns = list(head.columns, one => {
    const at = isDict(one) ? number(one.at) : null;
    if (!isDict(one) || at === null) {
      return null;
    }
    const read =
      one.kind === 'number'
        ? numbers(sent, start, at, number(one.none), rows)
        : words(sent, start, at, texts(one.texts), rows);
    return [text(one.id), read] as const;
  });
  return { rows, columns: new Map(columns) };
}

function numbers(sent: ArrayBuffer, start: number, at: number, none: number | null, rows: number): Column {
  const values = new Float64Array(sent, start + at, rows);
  const missing = none === null ? null : new Uint8Array(sent, start + none, rows);
  return row => (missing !== null && missing[row] === 1 ? null : (values[row] ?? null));
}

function words(sent: ArrayBuffer, start: number, at: number, known: string[], rows: number): Column {
  const places = new Int32Array(sent, start + at, rows);
  return row => known[places[row] ?? -1] ?? null;
}
