/** From the JSON of a comparison's bundle, or of an answer, to what the view draws. */
import { cell, dict, isDict, list, namedRun, number, text, textOrNull, texts, type Dict } from '../parse';
import type {
  Aggregate,
  Direction,
  IColumnsState,
  IScope,
  ICompareBundle,
  ICompareData,
  ICompareState,
  IColumn,
  IRow,
  ISort
} from '../types';
import { readCharts } from '../charts/bundles';
import type { ICommon } from '../views';

export function readCompare(common: ICommon, bundle: Dict): ICompareBundle {
  return {
    ...common,
    scope: readScope(bundle.scope),
    state: readState(bundle.state),
    snapshot: readCompareData(bundle.snapshot)
  };
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
  if ('filter' in state) {
    part.filter = text(state.filter);
  }
  if (isDict(state.columns)) {
    part.columns = readColumns(state.columns);
  }
  if ('group' in state) {
    part.group = textOrNull(state.group);
  }
  if ('expanded' in state) {
    part.expanded = texts(state.expanded);
  }
  if ('baseline' in state) {
    part.baseline = textOrNull(state.baseline);
  }
  if (isDict(state.aggregates)) {
    part.aggregates = entries(state.aggregates, aggregate);
  }
  if (isDict(state.directions)) {
    part.directions = entries(state.directions, direction);
  }
  if ('differences_only' in state) {
    part.differences_only = state.differences_only === true;
  }
  if ('view' in state) {
    part.view = textOrNull(state.view);
  }
  if (isDict(state.charts)) {
    part.charts = readCharts(state.charts);
  }
  return part;
}

export const NO_COLUMNS: IColumnsState = { order: [], hidden: [], shown: [], pinned: [], widths: {} };

function readColumns(value: Dict): IColumnsState {
  return {
    order: texts(value.order),
    hidden: texts(value.hidden),
    shown: texts(value.shown),
    pinned: texts(value.pinned),
    widths: entries(dict(value.widths), number)
  };
}

/** The entries that are what they should be. */
function entries<T>(values: Dict, read: (value: unknown) => T | null): { [id: string]: T } {
  const found = Object.entries(values).map(([id, value]) => [id, read(value)] as const);
  return Object.fromEntries(found.filter((one): one is readonly [string, NonNullable<T>] => one[1] !== null));
}

const AGGREGATES: readonly unknown[] = ['last', 'min', 'max', 'first', 'best'];
const DIRECTIONS: readonly unknown[] = ['lower', 'higher', 'neither'];

function aggregate(value: unknown): Aggregate | null {
  return AGGREGATES.includes(value) ? (value as Aggregate) : null;
}

export function direction(value: unknown): Direction | null {
  return DIRECTIONS.includes(value) ? (value as Direction) : null;
}

function readScope(value: unknown): IScope {
  const scope = dict(value);
  return {
    runIds: Array.isArray(scope.run_ids) ? texts(scope.run_ids) : null,
    experimentIds: Array.isArray(scope.experiment_ids) ? texts(scope.experiment_ids) : null,
    filter: text(scope.filter),
    listed: number(scope.listed)
  };
}

export function readState(value: unknown): ICompareState {
  return {
    selection: [],
    sort: [],
    filter: '',
    columns: NO_COLUMNS,
    differences_only: false,
    group: null,
    expanded: [],
    baseline: null,
    aggregates: {},
    directions: {},
    charts: readCharts(null),
    view: null,
    ...readPartialState(value)
  };
}

export function readColumn(value: unknown): IColumn | null {
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
  const named = namedRun(value);
  if (named === null) {
    return null;
  }
  const run = dict(value);
  const values: unknown[] = Array.isArray(run.values) ? run.values : [];
  return {
    ...named,
    startTime: number(run.start_time),
    endTime: number(run.end_time),
    duration: number(run.duration),
    experiment: text(run.experiment),
    values: columns.map((one, index) => cell(values[index], one.kind))
  };
}

export function readCompareData(value: unknown): ICompareData {
  const data = dict(value);
  const columns = list(data.columns, readColumn);
  return {
    columns,
    rows: list(data.rows, one => row(one, columns)),
    total: number(data.total) ?? 0,
    missing: number(data.missing) ?? 0
  };
}
