import { direction } from '../compare/bundles';
import { dict, list, namedRun, number, status, text, textOrNull, type Dict } from '../parse';
import { readCommon } from '../views';
import type { ICardRun, ICellRun, ICellRuns, ITimedRun } from './types';

export const NO_RUNS: ICellRuns = { runs: [], metric: null, better: 'neither', more: false };

/** The answer of the view `cell_runs`, by the cell's id. */
export function readCellRuns(value: unknown): Map<string, ICellRuns> {
  return new Map(Object.entries(dict(value)).map(([cell, found]) => [cell, readRuns(dict(found))]));
}

function readRuns(found: Dict): ICellRuns {
  return {
    runs: list(found.runs, readRun),
    metric: textOrNull(found.metric),
    better: direction(found.better) ?? 'neither',
    more: found.more === true
  };
}

function readRun(value: unknown): ICellRun | null {
  const timed = readTimedRun(value);
  const run = dict(value);
  return timed && { ...timed, value: number(run.value), digest: textOrNull(run.digest) };
}

export function readTimedRun(value: unknown): ITimedRun | null {
  const named = namedRun(value);
  const run = dict(value);
  return (
    named && {
      ...named,
      startTime: number(run.start_time),
      endTime: number(run.end_time) || null,
      error: textOrNull(run.error),
      notebook: textOrNull(run.notebook)
    }
  );
}

/** The run that an output of ours tells of. */
export function readCardRun(value: unknown): ICardRun | null {
  const bundle = dict(value);
  const common = readCommon(bundle);
  if (common === null) {
    return null;
  }
  const run = dict(bundle.view === 'card' ? bundle.run : bundle.view === 'sweep' ? bundle.sweep : null);
  return typeof run.run_id === 'string'
    ? {
        runId: run.run_id,
        name: text(run.name),
        status: status(run.status),
        store: common.store,
        experiment: text(run.experiment)
      }
    : null;
}
