/** From the JSON of a sweep's bundle, or of an answer, to what the view draws. */
import { readNumbers } from '../charts/bundles';
import { dict, isDict, list, number, status, text, textOrNull, texts, type Dict } from '../parse';
import { readFigure } from '../views';
import type { IFailure, ISweep, ISweepAnswer, ISweepBundle, ISweepHead, ITrial } from './types';

/** Null when it holds no sweep. */
export function readSweepBundle(id: string, bundle: Dict): ISweepBundle | null {
  return isDict(bundle.sweep)
    ? { id, store: text(bundle.store), kernel: textOrNull(bundle.kernel), ...readSweep(bundle) }
    : null;
}

export function readSweepAnswer(value: unknown): ISweepAnswer {
  const answer = dict(value);
  const chart = dict(answer.chart);
  return {
    ...readSweep(answer),
    chart: { figure: readFigure(chart.figure), numbers: readNumbers(chart.numbers) }
  };
}

function readSweep(bundle: Dict): ISweep {
  return {
    head: readHead(dict(bundle.sweep)),
    dimensions: texts(bundle.dimensions),
    best: list(bundle.best, trial),
    errors: list(bundle.errors, failure)
  };
}

function readHead(sweep: Dict): ISweepHead {
  const count = (value: unknown): number => Math.max(0, number(value) ?? 0);
  return {
    runId: text(sweep.run_id),
    name: text(sweep.name),
    experiment: text(sweep.experiment),
    status: status(sweep.status),
    metric: text(sweep.metric),
    maximize: sweep.maximize === true,
    n: count(sweep.n),
    done: count(sweep.done),
    running: count(sweep.running),
    pruned: count(sweep.pruned),
    failed: count(sweep.failed),
    startTime: number(sweep.start_time),
    elapsed: count(sweep.elapsed),
    left: number(sweep.left),
    error: textOrNull(sweep.error)
  };
}

function trial(value: unknown): ITrial | null {
  return isDict(value) && typeof value.run_id === 'string'
    ? {
        number: number(value.number) ?? 0,
        runId: value.run_id,
        value: number(value.value) ?? NaN,
        params: texts(value.params)
      }
    : null;
}

function failure(value: unknown): IFailure | null {
  return isDict(value) ? { number: number(value.number) ?? 0, error: text(value.error) } : null;
}
