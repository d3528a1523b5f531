import { useCallback, useRef, useState } from 'react';
import { said } from './errors';

interface IStatus {
  kind: 'done' | 'problem';
  text: string;
  /** What was done can be taken back. */
  undo: boolean;
}

export interface IActions {
  busy: boolean;
  status: IStatus | null;
  say(status: IStatus | null): void;
  /** Whether it was done; what went wrong is said. */
  run(work: () => Promise<unknown>, done: string, undo?: boolean): Promise<boolean>;
}

/** One change at a time, and a line that says how it went. */
export function useActions(): IActions {
  const [busy, setBusy] = useState(false);
  const [status, say] = useState<IStatus | null>(null);
  const running = useRef(false);
  const run = useCallback(
    async (work: () => Promise<unknown>, done: string, undo = false): Promise<boolean> => {
      if (running.current) {
        return false;
      }
      running.current = true;
      setBusy(true);
      try {
        await work();
        say({ kind: 'done', text: done, undo });
        return true;
      } catch (error) {
        say({ kind: 'problem', text: said(error), undo: false });
        return false;
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    []
  );
  return { busy, status, say, run };
}
