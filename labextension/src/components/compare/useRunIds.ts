import { useEffect, useState } from 'react';
import type { ICompareHost } from '../types';
import type { Source } from '../views';
import { Blocks } from './blocks';
import type { IAsked } from './types';
import { fetchRows, type Rows } from './useTable';

/** As many runs as charts are made of. */
const MOST = 1000;
const NOBODY: string[] = [];

/** Ids of the first runs in the table's order; those of the former order stay until these are here. */
export function useRunIds(
  host: ICompareHost,
  source: Source,
  asked: IAsked,
  rows: Rows,
  total: number
): string[] {
  const [ids, setIds] = useState<string[]>(NOBODY);
  const count = Math.min(MOST, total);
  const there = rows instanceof Blocks || !('open' in rows) ? rows.first(count) : null;
  const key = there === null ? null : there.join(' ');
  useEffect(() => {
    if (there !== null) {
      setIds(there);
      return;
    }
    if (source === 'snapshot' || count === 0) {
      return;
    }
    let late = false;
    fetchRows(host, source, asked)([], 0, count).then(
      ({ rows, columns }) => {
        const idOf = columns.get('attributes.run_id');
        if (!late) {
          setIds(Array.from({ length: rows }, (_, row) => String(idOf?.(row) ?? '')));
        }
      },
      () => undefined // the table says what is wrong
    );
    return () => {
      late = true;
    };
  }, [host, source, asked, count, key]);
  return ids;
}
