import { useCallback, useRef, useState } from 'react';
import type { IPick } from '../useSelection';
import { runKey } from './branches';
import type { RunTree } from './runTree';
import type { IListedRun } from './types';

export interface IRunSelection {
  /** By id; they stay selected when they are out of sight. */
  runs: ReadonlyMap<string, IListedRun>;
  /** The key of the row that the keyboard is at. */
  active: string | null;
  setActive(key: string | null): void;
  pick(run: IListedRun, how: IPick): void;
  choose(runs: readonly IListedRun[]): void;
}

/** Runs chosen as in a file manager: click, ctrl-click, shift-click. */
export function useRunSelection(tree: RunTree): IRunSelection {
  const [runs, setRuns] = useState<ReadonlyMap<string, IListedRun>>(new Map());
  const [active, setActive] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  const choose = useCallback(
    (chosen: readonly IListedRun[]) => setRuns(new Map(chosen.map(run => [run.runId, run]))),
    []
  );
  const pick = (run: IListedRun, { range, toggle }: IPick): void => {
    const key = runKey(run.runId);
    setActive(key);
    const ends = [anchor.current === null ? -1 : tree.indexOf(anchor.current), tree.indexOf(key)];
    const [from = -1, to = -1] = ends.sort((a, b) => a - b);
    if (range && from >= 0) {
      void tree.between(from, to).then(span => choose(toggle ? [...runs.values(), ...span] : span));
      return;
    }
    anchor.current = key;
    if (!toggle) {
      choose([run]);
    } else if (runs.has(run.runId)) {
      choose([...runs.values()].filter(one => one.runId !== run.runId));
    } else {
      choose([...runs.values(), run]);
    }
  };
  return { runs, active, setActive, pick, choose };
}
