/** From the JSON of an answer about one model or version to what the view draws. */
import { dict, isDict, list, number, text, textOrNull, texts, type Dict } from '../parse';
import { readFigure } from '../views';
import { readTags, readUndo, readVersion } from './bundles';
import type {
  Band,
  ICompared,
  IDrift,
  IEvent,
  IField,
  IHistory,
  ILineage,
  IMonitored,
  INode,
  ISignature,
  IVersionComparison,
  IVersionDetails,
  Value
} from './types';
import { words } from '../translation';

export function readDetails(value: unknown): IVersionDetails {
  const one = dict(value);
  const row = readVersion(one);
  if (row === null) {
    throw new Error(words.__('The answer holds no version.'));
  }
  return {
    ...row,
    params: readTags(one.params),
    signature: isDict(one.signature) ? signature(one.signature) : null,
    requirements: Array.isArray(one.requirements) ? texts(one.requirements) : null,
    flavors: texts(one.flavors),
    hasExample: one.input_example === true,
    problem: textOrNull(one.problem)
  };
}

function signature({ inputs, outputs, params }: Dict): ISignature {
  return { inputs: list(inputs, field), outputs: list(outputs, field), params: list(params, field) };
}

function field(value: unknown): IField | null {
  if (!isDict(value)) {
    return null;
  }
  const { name, type, required, default: otherwise } = value;
  const kind = typeof type === 'string' ? type : JSON.stringify(type ?? '');
  return {
    name: text(name),
    type: otherwise === undefined || otherwise === null ? kind : `${kind} = ${JSON.stringify(otherwise)}`,
    required: required !== false
  };
}

function scalar(value: unknown): Value {
  if (value === null || value === undefined) {
    return null;
  }
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Metrics that JSON has no number for come as words. */
function measure(value: unknown): Value {
  return number(value) ?? scalar(value);
}

export function readVersionComparison(value: unknown): IVersionComparison {
  const answer = dict(value);
  return {
    versions: list(answer.versions, readVersion),
    sections: list(answer.sections, one => {
      if (!isDict(one) || typeof one.id !== 'string') {
        return null;
      }
      const read = one.id === 'metrics' ? measure : scalar;
      return { id: one.id, rows: list(one.rows, row => compared(row, read)) };
    })
  };
}

function compared(value: unknown, read: (value: unknown) => Value): ICompared | null {
  if (!isDict(value) || typeof value.key !== 'string' || !Array.isArray(value.values)) {
    return null;
  }
  return { key: value.key, values: value.values.map(read), differs: value.differs === true };
}

export function readHistory(value: unknown): IHistory {
  const answer = dict(value);
  return { events: list(answer.events, event), undo: readUndo(answer.undo) };
}

function event(value: unknown): IEvent | null {
  if (!isDict(value)) {
    return null;
  }
  return {
    change: number(value.change) ?? 0,
    time: number(value.time) ?? 0,
    user: text(value.user),
    host: text(value.host),
    notebook: textOrNull(value.notebook),
    action: text(value.action),
    version: textOrNull(value.version),
    comment: textOrNull(value.comment),
    forced: value.forced === true,
    text: text(value.text, text(value.action))
  };
}

export function readLineage(value: unknown): ILineage {
  const answer = dict(value);
  const nodes = new Map(list(answer.nodes, node).map(one => [one.id, one]));
  const named = (id: string): INode => nodes.get(id) ?? { id, kind: '', name: id, detail: '' };
  return {
    figure: readFigure(answer.figure),
    steps: list(answer.rows, row =>
      isDict(row) ? { from: named(text(row.from)), to: named(text(row.to)), label: text(row.label) } : null
    )
  };
}

function node(value: unknown): INode | null {
  return isDict(value) && typeof value.id === 'string'
    ? { id: value.id, kind: text(value.kind), name: text(value.name, value.id), detail: text(value.detail) }
    : null;
}

const BANDS: readonly Band[] = ['stable', 'moderate', 'large', 'few rows'];

/** Null where nothing was logged. */
export function readMonitored(value: unknown): IMonitored | null {
  const answer = dict(value);
  if (!isDict(answer.report)) {
    return null;
  }
  const { report } = answer;
  const reference = dict(report.reference);
  return {
    begin: number(report.begin) ?? 0,
    end: number(report.end) ?? 0,
    isWhole: report.is_whole !== false,
    requests: number(report.requests) ?? 0,
    errors: number(report.errors) ?? 0,
    failed: Object.entries(dict(report.statuses))
      .filter(([status]) => Number(status) >= 400)
      .map(([status, count]) => [status, number(count) ?? 0]),
    kept: number(report.kept) ?? 0,
    latency: Object.entries(dict(report.latency)).map(([name, one]) => [name, number(one) ?? NaN]),
    reference: {
      kind: text(reference.kind),
      rows: number(reference.rows) ?? 0,
      compared: number(reference.compared) ?? 0,
      absent: texts(reference.absent),
      lacks: texts(reference.lacks)
    },
    drifts: list(report.drifts, drift),
    figures: Object.entries(dict(answer.figures)).map(([name, figure]) => [name, readFigure(figure)])
  };
}

function drift(value: unknown): IDrift | null {
  return isDict(value)
    ? {
        column: text(value.column),
        kind: text(value.kind),
        psi: number(value.psi),
        band: BANDS.find(one => one === value.band) ?? 'few rows',
        missingBefore: number(value.missing_before) ?? 0,
        missingNow: number(value.missing_now) ?? 0,
        binsBefore: list(value.bins_before, number),
        binsNow: list(value.bins_now, number)
      }
    : null;
}
