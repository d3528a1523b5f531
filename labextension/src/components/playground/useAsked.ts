import { useCallback, useEffect, useState } from 'react';
import type { IPlaygroundState } from './types';

interface IAsked {
  busy: boolean;
  problem: string | null;
  ask(what: () => Promise<void>): void;
}

/**
 * One question at a time. Answers come as state; a model that takes its time is waited for after
 * the question itself has timed out, until the state moves or the kernel goes away.
 */
export function useAsked(state: IPlaygroundState, alive: boolean): IAsked {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const moved = `${state.outcome?.number ?? 0} ${state.table?.number ?? 0} ${state.models.map(one => one.state).join()}`;
  useEffect(() => setBusy(false), [moved, alive]);
  const ask = useCallback((what: () => Promise<void>): void => {
    setBusy(true);
    setProblem(null);
    what().then(
      () => setBusy(false),
      (error: unknown) => {
        if (!isTimeout(error)) {
          setBusy(false);
          setProblem(error instanceof Error ? error.message : String(error));
        }
      }
    );
  }, []);
  return { busy, problem, ask };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'TIMEOUT';
}
