/** From the JSON of an evaluation's bundle, or of an answer, to what the view draws. */
import { dict, isDict, list, number, text, texts, type Dict } from '../parse';
import { readTable, type ITable } from '../runs/files';
import { readFigure } from '../views';
import type {
  IEvaluatedMetric,
  IEvaluation,
  IEvaluationBundle,
  IEvaluationHost,
  IRowFilter,
  ISlice
} from './types';

/** Null when it holds no report. */
export function readEvaluationBundle(bundle: Dict): IEvaluationBundle | null {
  return isDict(bundle.report)
    ? { ...readEvaluation(bundle), store: text(bundle.store), worst: readTable(dict(bundle.worst)) }
    : null;
}

/** Without a prefix the first evaluation of the run. */
export async function askEvaluation(
  host: IEvaluationHost,
  runId: string,
  prefix: string | null
): Promise<IEvaluation> {
  return readEvaluation(dict(await host.ask('evaluation', { run_id: runId, prefix })));
}

export async function askRows(
  host: IEvaluationHost,
  { runId, prefix, digest }: IEvaluation,
  filter: IRowFilter,
  offset: number
): Promise<ITable> {
  return readTable(
    dict(await host.ask('evaluation_rows', { run_id: runId, prefix, digest, ...filter, offset, limit: 50 }))
  );
}

function readEvaluation(answer: Dict): IEvaluation {
  const report = dict(answer.report);
  const sliceMetric = text(report.slice_metric);
  const matrix = list(report.matrix, row => list(row, number));
  const cost = dict(report.cost);
  return {
    runId: text(answer.run_id),
    prefix: text(answer.prefix),
    prefixes: texts(answer.prefixes),
    digest: text(answer.digest),
    isClassifier: report.kind === 'classifier',
    model: text(report.model),
    data: text(report.data),
    rows: number(report.rows) ?? 0,
    kept: number(report.kept) ?? number(report.rows) ?? 0,
    level: number(report.level) ?? 0.95,
    metrics: list(report.metrics, metric),
    labels: texts(report.labels),
    matrix: matrix.length > 0 ? matrix : null,
    calibrationError: number(report.calibration_error),
    sliceMetric,
    slices: list(report.slices, one => slice(one, sliceMetric)),
    cost: isDict(report.cost)
      ? {
          seconds: number(cost.seconds) ?? 0,
          rowsPerSecond: number(cost.rows_per_second) ?? 0,
          memoryBytes: number(cost.memory_bytes)
        }
      : null,
    figures: Object.entries(dict(answer.figures)).map(([name, figure]) => [name, readFigure(figure)])
  };
}

function interval(one: Dict): [number, number] | null {
  const low = number(one.low);
  const high = number(one.high);
  return low === null || high === null ? null : [low, high];
}

function metric(one: unknown): IEvaluatedMetric | null {
  return isDict(one)
    ? { name: text(one.name), value: number(one.value) ?? NaN, interval: interval(one) }
    : null;
}

function slice(one: unknown, by: string): ISlice | null {
  return isDict(one)
    ? {
        slice: text(one.slice),
        group: text(one.value),
        rows: number(one.rows) ?? 0,
        value: number(one[by]) ?? NaN,
        interval: interval(one),
        difference: number(one.difference) ?? NaN
      }
    : null;
}
