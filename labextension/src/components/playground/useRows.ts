import { useCallback, useEffect, useRef, useState } from 'react';
import type { IPlaygroundHost, ITable, ITableRow } from './types';

const PAGE = 100;

interface IRows {
  total: number;
  row(index: number): ITableRow | undefined;
  /** Asks for what is shown and not there. */
  need(from: number, to: number): void;
}

/** Rows of the table by their place: the first ones are in the state, the kernel has the others. */
export function useRows(host: IPlaygroundHost, table: ITable, differing: boolean, alive: boolean): IRows {
  const kept = differing ? table.rows.filter(row => row.differs) : table.rows;
  const total = differing ? (table.differing ?? 0) : table.total;
  const [, setStamp] = useState(0);
  const pages = useRef(new Map<number, ITableRow[] | null>());
  useEffect(() => {
    pages.current = new Map();
    setStamp(now => now + 1);
  }, [table.number, differing, alive]);
  const need = useCallback(
    (from: number, to: number): void => {
      const mine = pages.current;
      for (let page = Math.floor(from / PAGE); alive && page <= Math.floor(to / PAGE); page++) {
        if (!mine.has(page) && Math.min((page + 1) * PAGE, total) > kept.length) {
          mine.set(page, null);
          host.rows(page * PAGE, PAGE, differing).then(
            answer => {
              mine.set(page, answer.rows);
              setStamp(now => now + 1);
            },
            () => mine.delete(page)
          );
        }
      }
    },
    [host, alive, differing, total, kept.length]
  );
  return {
    total: alive ? total : Math.min(total, kept.length),
    row: index => kept[index] ?? pages.current.get(Math.floor(index / PAGE))?.[index % PAGE],
    need
  };
}
