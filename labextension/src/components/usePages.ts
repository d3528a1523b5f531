import { useCallback, useEffect, useRef, useState } from 'react';
import { said } from './errors';
import type { IPage } from './types';

export const PAGE = 50;
const NONE: never[] = [];

/** The most that is asked for at once. */
const MOST = 500;

export type Fetch<T, P extends IPage<T> = IPage<T>> = (count: number, page: string | null) => Promise<P>;

interface IPages<T, P extends IPage<T> = IPage<T>> {
  items: T[];
  /** The newest answer, with the items of all pages. */
  page: P | null;
  /** Whether the first answer has come. */
  loaded: boolean;
  problem: string | null;
  more: (() => void) | null;
}

/**
 * A list read page by page. A refresh reads as many as are shown in one request, and what is shown
 * stays until the answer is here, also when the answer is an error.
 */
export function usePages<T, P extends IPage<T> = IPage<T>>(
  fetch: Fetch<T, P>,
  refresh: number,
  first: P | null = null
): IPages<T, P> {
  const [page, setPage] = useState<P | null>(first);
  const [loaded, setLoaded] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // Answers that come after a newer question was asked are thrown away.
  const asked = useRef(0);
  const shown = useRef({ fetch, count: 0 });

  const ask = useCallback(
    (count: number, token: string | null) => {
      const mine = ++asked.current;
      setBusy(true);
      fetch(count, token).then(
        answer => {
          if (mine !== asked.current) {
            return;
          }
          setPage(old =>
            token === null || old === null ? answer : { ...answer, items: [...old.items, ...answer.items] }
          );
          setLoaded(true);
          setProblem(null);
          setBusy(false);
        },
        (error: unknown) => {
          if (mine === asked.current) {
            setProblem(said(error));
            setBusy(false);
          }
        }
      );
    },
    [fetch]
  );

  useEffect(() => {
    const same = shown.current.fetch === fetch;
    ask(same ? Math.min(MOST, Math.max(PAGE, shown.current.count)) : PAGE, null);
    shown.current.fetch = fetch;
  }, [ask, fetch, refresh]);
  useEffect(() => {
    shown.current.count = page?.items.length ?? 0;
  }, [page]);

  const next = page?.next ?? null;
  return {
    items: page?.items ?? NONE,
    page,
    loaded,
    problem,
    more: next === null || busy ? null : () => ask(PAGE, next)
  };
}
