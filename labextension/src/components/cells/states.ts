import { isNotebook } from '../notebookPaths';
import type { Status } from '../types';
import { cellDigest } from './digests';
import type { ICardRun, ICellRun, ICellRuns } from './types';

const TRACKED = /^\s*%%(track|sweep)\b/;

/** Whether a cell's source says that it is a run. */
export function isTracked(source: string): boolean {
  return TRACKED.test(source);
}

export interface ILatest {
  runId: string;
  name: string;
  status: Status;
  /** As the store has it; null where only the cell's output is known. */
  known: ICellRun | null;
}

/** The last run of a cell: of this notebook, where it has any, for a copied notebook has cells of the same ids. */
export function latestRun(runs: ICellRuns, card: ICardRun | null, path: string): ILatest | null {
  const known = runs.runs.find(run => isOfNotebook(run, path)) ?? runs.runs[0] ?? null;
  const isSame = card !== null && card.runId === known?.runId;
  // Ids are in the order of their making; the output tells of a new run before the store is asked.
  if (card !== null && !isSame && (known === null || card.runId > known.runId)) {
    return { runId: card.runId, name: card.name, status: card.status, known: null };
  }
  if (known === null) {
    return null;
  }
  const isOver = isSame && known.status === 'RUNNING';
  return { runId: known.runId, name: known.name, status: isOver ? card.status : known.status, known };
}

/** Of a run that tells no notebook nothing speaks against it. */
export function isOfNotebook(run: ICellRun, path: string): boolean {
  return run.notebook === null || isNotebook(run.notebook, path);
}

/** Whether a cell holds other code than what ran; where that was not kept, nothing is said. */
export function isChanged(source: string, latest: ILatest | null): boolean {
  const digest = latest?.known?.digest ?? null;
  return digest !== null && digest !== cellDigest(source);
}
