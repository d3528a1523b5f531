import { useCallback, useRef, useState } from 'react';
import { said } from './errors';

interface IStatus {
  kind: 'done' | 'problem';
  text: string;
  /** What was done can be taken back. */
  undo: boolean;
}

export interface IActions {
  /** Something is under way or waits. */
  busy: boolean;
  status: IStatus | null;
  say(status: IStatus | null): void;
  /** Whether it was done; what went wrong is said. */
  run(work: () => Promise<unknown>, done: string, undo?: boolean): Promise<boolean>;
}

/** Changes one after the other, in the order in which they were asked for, and a line that says how they went. */
export function useActions(): IActions {
  const [busy, setBusy] = useState(false);
  const [status, say] = useState<IStatus | null>(null);
  const queue = useRef({ last: Promise.resolve(true), left: 0, problems: [] as string[] });
  const run = useCallback((work: () => Promise<unknown>, done: string, undo = false): Promise<boolean> => {
    const { current } = queue;
    const end = (isDone: boolean): boolean => {
      // What went wrong stays in sight when what came after it went well.
      const { problems } = current;
      say(
        problems.length === 0
          ? { kind: 'done', text: done, undo }
          : { kind: 'problem', text: problems.join(' '), undo: false }
      );
      current.left -= 1;
      if (current.left === 0) {
        current.problems = [];
        setBusy(false);
      }
      return isDone;
    };
    current.left += 1;
    setBusy(true);
    current.last = current.last.then(work).then(
      () => end(true),
      (error: unknown) => {
        current.problems.push(said(error));
        return end(false);
      }
    );
    return current.last;
  }, []);
  return { busy, status, say, run };
}
