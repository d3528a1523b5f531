/** From the JSON of a playground's bundle, or of an answer, to what the view draws. */
import { dict, isDict, list, namedTexts, number, text, textOrNull, texts, type Dict } from '../parse';
import type { Cell } from '../types';
import { readFigure, type ICommon } from '../views';
import {
  KINDS,
  type ICard,
  type IField,
  type IForm,
  type IModelTold,
  type INamed,
  type IOutcome,
  type IPlaygroundBundle,
  type IPlaygroundState,
  type ITable,
  type ITableColumn,
  type ITableRow,
  type IValues,
  type IWhatIf,
  type Value
} from './types';

export function readPlayground(common: ICommon, bundle: Dict): IPlaygroundBundle {
  return { ...common, form: readForm(dict(bundle.snapshot).form), state: readState(bundle.state) };
}

export function readForm(value: unknown): IForm {
  const form = dict(value);
  const kind = form.kind;
  return {
    kind: kind === 'matrix' || kind === 'tensors' || kind === 'free' ? kind : 'columns',
    fields: list(form.fields, readField),
    params: list(form.params, readField),
    notes: texts(form.notes)
  };
}

function readField(value: unknown): IField | null {
  if (!isDict(value) || typeof value.name !== 'string') {
    return null;
  }
  return {
    name: value.name,
    label: text(value.label, value.name),
    kind: KINDS.find(kind => kind === value.kind) ?? 'text',
    type: text(value.type),
    required: value.required !== false,
    least: number(value.least),
    most: number(value.most),
    step: number(value.step),
    options: texts(value.options),
    shape: Array.isArray(value.shape) ? list(value.shape, number) : null
  };
}

function scalar(value: unknown): Cell | boolean {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string' ? value : null;
}

export function readValue(value: unknown): Value {
  if (!isDict(value)) {
    return scalar(value);
  }
  return {
    file: text(value.file),
    shape: Array.isArray(value.shape) ? list(value.shape, number) : null,
    dtype: text(value.dtype),
    bytes: number(value.bytes)
  };
}

function readValues(value: unknown): IValues {
  return Object.fromEntries(Object.entries(dict(value)).map(([name, one]) => [name, readValue(one)]));
}

function readLasting(value: unknown): { [mime: string]: string } {
  const lasting = Object.entries(namedTexts(value));
  return Object.fromEntries(lasting.filter(([mime]) => mime === 'text/html' || mime === 'text/plain'));
}

function named(value: unknown): INamed | null {
  return isDict(value) ? { name: text(value.name), value: scalar(value.value) } : null;
}

function readCard(value: unknown): ICard | null {
  return isDict(value)
    ? {
        label: text(value.label),
        role: text(value.role),
        outputs: list(value.outputs, named),
        bars: list(value.bars, named),
        ms: number(value.ms),
        problem: textOrNull(value.problem)
      }
    : null;
}

function readOutcome(value: unknown): IOutcome | null {
  if (!isDict(value)) {
    return null;
  }
  return {
    number: number(value.number) ?? 0,
    values: readValues(value.values),
    params: readValues(value.params),
    wrong: namedTexts(value.wrong),
    wrongParams: namedTexts(value.wrong_params),
    cards: list(value.cards, readCard),
    differs: typeof value.differs === 'boolean' ? value.differs : null
  };
}

function column(value: unknown): ITableColumn | null {
  if (!isDict(value)) {
    return null;
  }
  const role = value.role === 'output' || value.role === 'challenger' ? value.role : 'input';
  return { name: text(value.name), role, numeric: value.numeric === true };
}

function readRow(value: unknown): ITableRow | null {
  return isDict(value)
    ? {
        index: number(value.index) ?? 0,
        differs: value.differs === true,
        values: Array.isArray(value.values) ? value.values.map(scalar) : []
      }
    : null;
}

function readTable(value: unknown): ITable | null {
  if (!isDict(value)) {
    return null;
  }
  return {
    number: number(value.number) ?? 0,
    name: text(value.name),
    total: number(value.total) ?? 0,
    columns: list(value.columns, column),
    leftOut: texts(value.left_out),
    differing: number(value.differing),
    ms: list(value.ms, number),
    problems: texts(value.problems),
    rows: list(value.rows, readRow)
  };
}

function readModel(value: unknown): IModelTold | null {
  return isDict(value)
    ? {
        label: text(value.label),
        uri: text(value.uri),
        role: text(value.role),
        flavor: text(value.flavor),
        state: text(value.state),
        message: text(value.message)
      }
    : null;
}

/** Only the parts that are there: a kernel sends what has changed. */
export function readPlaygroundState(value: unknown): Partial<IPlaygroundState> {
  const state = dict(value);
  const read: { [K in keyof IPlaygroundState]: (one: unknown) => IPlaygroundState[K] } = {
    values: readValues,
    params: readValues,
    features: texts,
    output: textOrNull,
    tab: one => (one === 'rows' ? 'rows' : 'row'),
    only_differing: one => one === true,
    outcome: readOutcome,
    table: readTable,
    models: one => list(one, readModel),
    lasting: readLasting
  };
  const known = Object.entries(read).filter(([name]) => name in state);
  return Object.fromEntries(known.map(([name, one]) => [name, one(state[name])]));
}

export function readState(value: unknown): IPlaygroundState {
  return {
    values: {},
    params: {},
    features: [],
    output: null,
    tab: 'row',
    only_differing: false,
    outcome: null,
    table: null,
    models: [],
    ...readPlaygroundState(value),
    // Of the kernel alone: what a file has of it stands beside the state.
    lasting: {}
  };
}

/** The state as Python spells it, for the notebook's file: what is read here can be read again. */
export function writtenState(state: IPlaygroundState): object {
  const { lasting: _, outcome, table, ...rest } = state;
  return { ...rest, outcome: outcome && writtenOutcome(outcome), table: table && writtenTable(table) };
}

function writtenOutcome({ wrongParams, ...rest }: IOutcome): object {
  return { ...rest, wrong_params: wrongParams };
}

function writtenTable({ leftOut, ...rest }: ITable): object {
  return { ...rest, left_out: leftOut };
}

export function readWhatIf(value: unknown): IWhatIf {
  const answer = dict(value);
  return {
    figure: isDict(answer.figure) ? readFigure(answer.figure) : null,
    outputs: texts(answer.outputs),
    output: textOrNull(answer.output),
    problem: textOrNull(answer.problem)
  };
}

export function readRows(value: unknown): { rows: ITableRow[]; total: number } {
  const answer = dict(value);
  return { rows: list(answer.rows, readRow), total: number(answer.total) ?? 0 };
}
