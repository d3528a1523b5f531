import { useEffect, useRef, useState } from 'react';
import type { IColumnFacts } from '../compare/types';
import { runFilter } from '../runFilter';
import type { IStoreHost } from './types';

const TYPING_MS = 500;
const NO_COLUMNS: IColumnFacts[] = [];

interface IRunFilter {
  typed: string;
  /** What is typed as a filter, a moment after the last key. */
  filter: string;
  /** For completion; none before `look`. */
  columns: IColumnFacts[];
  setTyped(typed: string): void;
  /** Somebody begins to write. */
  look(): void;
}

/** Which runs are looked for, as it is typed. */
export function useRunFilter(host: IStoreHost): IRunFilter {
  const [typed, setTyped] = useState('');
  const [filter, setFilter] = useState('');
  useEffect(() => {
    const next = runFilter(typed);
    const timer = window.setTimeout(() => setFilter(next), next === '' ? 0 : TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return { typed, filter, setTyped, ...useColumns(host) };
}

/** The columns that runs have, read once and only when they are needed. */
function useColumns(host: IStoreHost): Pick<IRunFilter, 'columns' | 'look'> {
  const [columns, setColumns] = useState(NO_COLUMNS);
  const asked = useRef(false);
  const look = (): void => {
    if (!asked.current) {
      asked.current = true;
      host.columns().then(setColumns, () => (asked.current = false));
    }
  };
  return { columns, look };
}
