/** What the badge of a tracked cell knows and does. */
import type { Direction, INamedRun, Status } from '../types';

/** A run that a notebook tells of. */
export interface ITimedRun extends INamedRun {
  startTime: number | null;
  endTime: number | null;
  error: string | null;
  /** The path of the notebook that it began in, where that is known. */
  notebook: string | null;
}

export interface ICellRun extends ITimedRun {
  /** Of the cell's main metric. */
  value: number | null;
  /** Of the code that ran, see `digests.ts`. */
  digest: string | null;
}

export interface ICellRuns {
  /** Newest first. */
  runs: ICellRun[];
  metric: string | null;
  better: Direction;
  /** There are older ones. */
  more: boolean;
}

/** What the cell's own output says of its last run, which is there before the server is asked, or without it. */
export interface ICardRun {
  runId: string;
  name: string;
  status: Status;
  store: string;
  experiment: string;
}

/** What can be done with a cell and its runs. */
export interface ICellActions {
  open(runId: string): void;
  compare(runIds: string[]): void;
  /** What the cell holds now, beside the code of a run. */
  showChanges(run: ICellRun): void;
  /** The code of a run beside that of the one before it. */
  showDifference(before: ICellRun, run: ICellRun): void;
  restore(run: ICellRun): void;
  openAsNotebook(runId: string): void;
}
