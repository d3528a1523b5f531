import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { Stretches, type IFound } from './stretches';
import type { IRunsHost, IRunsQuery } from './types';

/** The runs of the query asked last; those of the former one stay until the first answer is here. */
export function useStretches(
  host: IRunsHost,
  query: IRunsQuery,
  stamp: number
): { shown: Stretches; found: IFound; problem: string | null; pending: boolean } {
  const key = JSON.stringify(query);
  const latest = useRef(query);
  latest.current = query;
  const asked = useMemo(() => {
    const mine = latest.current;
    return new Stretches((offset, count) => host.runs(mine, offset, count));
  }, [host, key]);
  const answer = useSyncExternalStore(asked.subscribe, asked.get);
  const last = useRef(asked);
  if (answer.total !== null) {
    last.current = asked;
  }
  const shown = last.current;
  const found = useSyncExternalStore(shown.subscribe, shown.get);
  const first = useRef(true);
  useEffect(() => asked.want(0, 1), [asked]);
  useEffect(() => {
    if (first.current) {
      first.current = false;
    } else {
      asked.refresh();
    }
  }, [stamp]);
  return { shown, found, problem: answer.problem, pending: answer.total === null && answer.problem === null };
}
