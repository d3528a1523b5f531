/** From the JSON of a MIME bundle, or of an answer, to what the views draw. */
import { cell, dict, entry, isDict, list, metric, number, status, text, textOrNull, texts } from './parse';
import type {
  ICardBundle,
  ICardMetric,
  IColumn,
  ICompareBundle,
  ICompareData,
  ICompareState,
  ICurves,
  IRow,
  ISort,
  ITrace,
  XAxis
} from './types';

/** The newest bundle that this front end can draw. */
export const VERSION = 1;

export type Bundle = ICompareBundle | ICardBundle;

/** Null when the bundle is of a newer version, or of a view that is not known here. */
export function readBundle(value: unknown): Bundle | null {
  const bundle = dict(value);
  const version = number(bundle.version);
  if (version === null || version > VERSION || typeof bundle.id !== 'string') {
    return null;
  }
  if (bundle.view === 'compare') {
    return {
      view: 'compare',
      id: bundle.id,
      store: text(bundle.store),
      storeName: text(bundle.store_name),
      runs: texts(bundle.runs),
      state: readState(bundle.state),
      snapshot: readCompareData(bundle.snapshot),
      savedAt: number(bundle.saved_at)
    };
  }
  return bundle.view === 'card' && isDict(bundle.run) ? readCard(bundle.id, bundle) : null;
}

function readCard(id: string, bundle: { [key: string]: unknown }): ICardBundle {
  const run = dict(bundle.run);
  return {
    view: 'card',
    id,
    store: text(bundle.store),
    run: {
      runId: text(run.run_id, id),
      name: text(run.name),
      experiment: text(run.experiment),
      status: status(run.status),
      startTime: number(run.start_time),
      endTime: number(run.end_time),
      elapsed: number(run.elapsed) ?? 0
    },
    params: list(bundle.params, entry),
    metrics: list(bundle.metrics, cardMetric),
    error: textOrNull(bundle.error),
    children: number(bundle.children) ?? 0,
    note: textOrNull(bundle.note)
  };
}

function cardMetric(value: unknown): ICardMetric | null {
  const read = metric(value);
  return read && { ...read, points: list(dict(value).points, number) };
}

function axis(value: unknown): XAxis {
  return value === 'relative' || value === 'time' ? value : 'step';
}

function sortKey(value: unknown): ISort | null {
  return isDict(value) && typeof value.id === 'string' ? { id: value.id, desc: value.desc === true } : null;
}

/** Only the parts that are there: a kernel sends what has changed. */
export function readPartialState(value: unknown): Partial<ICompareState> {
  const state = dict(value);
  const part: Partial<ICompareState> = {};
  if ('selection' in state) {
    part.selection = texts(state.selection);
  }
  if ('sort' in state) {
    part.sort = list(state.sort, sortKey);
  }
  if ('search' in state) {
    part.search = text(state.search);
  }
  if ('differences_only' in state) {
    part.differences_only = state.differences_only === true;
  }
  if (isDict(state.curve)) {
    part.curve = { key: textOrNull(state.curve.key), x: axis(state.curve.x) };
  }
  return part;
}

export function readState(value: unknown): ICompareState {
  return {
    selection: [],
    sort: [],
    search: '',
    differences_only: false,
    curve: { key: null, x: 'step' },
    ...readPartialState(value)
  };
}

function column(value: unknown): IColumn | null {
  if (!isDict(value) || typeof value.id !== 'string') {
    return null;
  }
  return {
    id: value.id,
    group: text(value.group),
    label: text(value.label, value.id),
    kind: value.kind === 'number' ? 'number' : 'text',
    differs: value.differs === true
  };
}

function row(value: unknown, columns: IColumn[]): IRow | null {
  if (!isDict(value) || typeof value.run_id !== 'string') {
    return null;
  }
  const values: unknown[] = Array.isArray(value.values) ? value.values : [];
  return {
    runId: value.run_id,
    name: text(value.name) || value.run_id.slice(0, 8),
    status: status(value.status),
    startTime: number(value.start_time),
    endTime: number(value.end_time),
    duration: number(value.duration),
    experiment: text(value.experiment),
    values: columns.map((one, index) => cell(values[index], one.kind))
  };
}

export function readCompareData(value: unknown): ICompareData {
  const data = dict(value);
  const columns = list(data.columns, column);
  return {
    columns,
    rows: list(data.rows, one => row(one, columns)),
    missing: texts(data.missing)
  };
}

export function readCurves(value: unknown): ICurves {
  const curves = dict(value);
  const figure = dict(curves.figure);
  return {
    keys: texts(curves.keys),
    key: textOrNull(curves.key),
    figure: {
      data: list<ITrace>(figure.data, one => (isDict(one) ? one : null)),
      layout: dict(figure.layout)
    }
  };
}
