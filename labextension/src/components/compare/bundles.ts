/** From the JSON of a comparison's bundle, or of an answer, to what the view draws. */
import { cell, dict, isDict, list, number, status, text, textOrNull, texts, type Dict } from '../parse';
import type {
  ICompareBundle,
  ICompareData,
  ICompareState,
  IColumn,
  ICurves,
  IRow,
  ISort,
  XAxis
} from '../types';
import { readFigure, type ICommon } from '../views';

export function readCompare(common: ICommon, bundle: Dict): ICompareBundle {
  return {
    ...common,
    runs: texts(bundle.runs),
    state: readState(bundle.state),
    snapshot: readCompareData(bundle.snapshot)
  };
}

/** Whether a run of them may still change. */
export function goOn({ rows }: ICompareData): boolean {
  return rows.some(({ status }) => status === 'RUNNING' || status === 'SCHEDULED');
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

function readState(value: unknown): ICompareState {
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
  return { keys: texts(curves.keys), key: textOrNull(curves.key), figure: readFigure(curves.figure) };
}
