import { useCallback, useState } from 'react';
import { said } from '../errors';

interface IAsked {
  busy: boolean;
  problem: string | null;
  ask(what: () => Promise<void>): void;
}

/** One question to the kernel at a time; its answer comes as state, and what went wrong stands here. */
export function useAsked(): IAsked {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = useCallback((what: () => Promise<void>): void => {
    setBusy(true);
    setProblem(null);
    what()
      .catch((error: unknown) => setProblem(said(error)))
      .finally(() => setBusy(false));
  }, []);
  return { busy, problem, ask };
}
