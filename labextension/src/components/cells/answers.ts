import { dict, list, number, status, text, textOrNull, type Dict } from '../parse';
import type { Direction } from '../types';
import { readCommon } from '../views';
import type { ICardRun, ICellRun, ICellRuns } from './types';

export const NO_RUNS: ICellRuns = { runs: [], metric: null, better: 'neither', more: false };

/** The answer of the view `cell_runs`, by the cell's id. */
export function readCellRuns(value: unknown): Map<string, ICellRuns> {
  return new Map(Object.entries(dict(value)).map(([cell, found]) => [cell, readRuns(dict(found))]));
}

function readRuns(found: Dict): ICellRuns {
  return {
    runs: list(found.runs, readRun),
    metric: textOrNull(found.metric),
    better: readDirection(found.better),
    more: found.more === true
  };
}

function readDirection(value: unknown): Direction {
  return value === 'lower' || value === 'higher' ? value : 'neither';
}

function readRun(value: unknown): ICellRun | null {
  const run = dict(value);
  return typeof run.run_id !== 'string'
    ? null
    : {
        runId: run.run_id,
        name: text(run.name, run.run_id.slice(0, 8)),
        status: status(run.status),
        startTime: number(run.start_time),
        endTime: number(run.end_time) || null,
        value: number(run.value),
        error: textOrNull(run.error),
        notebook: textOrNull(run.notebook),
        digest: textOrNull(run.digest)
      };
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
