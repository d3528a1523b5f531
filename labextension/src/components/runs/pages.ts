/** What the tabs of a run's page ask, by the names of Python's table of views, and what is answered. */
import { readLineage } from '../models/answers';
import type { ILineage } from '../models/types';
import { cell, dict, isDict, list, number, status, text, textOrNull, texts } from '../parse';
import type { Cell, IFigure, XAxis } from '../types';
import { readFigure } from '../views';
import type { INamedRun, IRunsHost } from './types';

export interface IArtifact {
  path: string;
  isFolder: boolean;
  /** Null where the storage does not tell. */
  size: number | null;
}

export interface IFiles {
  total: number;
  files: IArtifact[];
}

export interface IOutput {
  kind: 'text' | 'error' | 'html' | 'image' | 'other';
  text: string;
}

export interface INotebookCell {
  kind: 'code' | 'markdown' | 'raw';
  source: string;
  html: string | null;
  count: number | null;
  outputs: IOutput[];
}

export interface ITable {
  columns: { name: string; type: string }[];
  /** How many columns there are. */
  width: number;
  rows: Cell[][];
  total: number;
  offset: number;
}

type Shown =
  | { kind: 'image'; src: string }
  | { kind: 'text'; text: string; start: number; next: number | null }
  | { kind: 'note'; html: string }
  | { kind: 'page'; text: string }
  | { kind: 'table'; table: ITable }
  | { kind: 'notebook'; language: string; cells: INotebookCell[]; total: number }
  | { kind: 'none'; problem: string };

export interface IFile {
  size: number;
  /** Its text is something else than what is shown. */
  hasSource: boolean;
  shown: Shown;
}

export interface ILog {
  files: { path: string; size: number }[];
  path: string | null;
  size: number;
  start: number;
  /** Null where nothing has changed. */
  text: string | null;
}

export interface ISchemaField {
  name: string;
  type: string;
  required: boolean;
  otherwise: string;
}

export interface ILoggedModel {
  name: string;
  uri: string;
  size: number;
  files: number;
  created: string;
  version: string;
  flavors: string[];
  loaders: string[];
  signature: { inputs: ISchemaField[]; outputs: ISchemaField[]; params: ISchemaField[] } | null;
  requirements: string[] | null;
  example: string | null;
  /** The same, where it is a table. */
  exampleTable: ITable | null;
  signed: string | null;
  problem: string | null;
}

export interface ICodeCell {
  source: string;
  count: number | null;
  failed: boolean;
}

export interface IOther extends INamedRun {
  startTime: number | null;
  why: string;
}

export interface ICode {
  cells: ICodeCell[];
  hidden: string[];
  diff: string;
  source: { [name: string]: string };
  machine: { [name: string]: string };
  packages: [string, string][];
  others: IOther[];
}

export async function askFiles(
  host: IRunsHost,
  runId: string,
  folder: string,
  search: string,
  offset: number
): Promise<IFiles> {
  const answer = dict(await host.ask('run_files', { run_id: runId, folder, search, offset }));
  return {
    total: number(answer.total) ?? 0,
    files: list(answer.files, one =>
      isDict(one) && typeof one.path === 'string'
        ? { path: one.path, isFolder: one.is_dir === true, size: number(one.size) }
        : null
    )
  };
}

export async function askFile(
  host: IRunsHost,
  runId: string,
  path: string,
  offset: number,
  raw: boolean
): Promise<IFile> {
  const answer = dict(await host.ask('run_file', { run_id: runId, path, offset, raw, limit: 50 }));
  return { size: number(answer.size) ?? 0, hasSource: answer.has_source === true, shown: readShown(answer) };
}

function readShown(answer: { [key: string]: unknown }): Shown {
  switch (answer.kind) {
    case 'image': {
      const src = text(answer.src);
      return src.startsWith('data:image/') ? { kind: 'image', src } : { kind: 'none', problem: '' };
    }
    case 'text':
      return {
        kind: 'text',
        text: text(answer.text),
        start: number(answer.start) ?? 0,
        next: number(answer.next)
      };
    case 'note':
      return { kind: 'note', html: text(answer.html) };
    case 'page':
      return { kind: 'page', text: text(answer.text) };
    case 'table':
      return { kind: 'table', table: readTable(answer) };
    case 'notebook':
      return {
        kind: 'notebook',
        language: text(answer.language),
        cells: list(answer.cells, readCell),
        total: number(answer.total) ?? 0
      };
    default:
      return { kind: 'none', problem: text(answer.problem) };
  }
}

function readTable(answer: { [key: string]: unknown }): ITable {
  const columns = list(answer.columns, one =>
    isDict(one) ? { name: text(one.name), type: text(one.type) } : null
  );
  return {
    columns,
    width: number(answer.width) ?? columns.length,
    rows: list(answer.rows, row =>
      Array.isArray(row) ? row.map(one => cell(one, typeof one === 'number' ? 'number' : 'text')) : null
    ),
    total: number(answer.total) ?? 0,
    offset: number(answer.offset) ?? 0
  };
}

function readCell(value: unknown): INotebookCell | null {
  if (!isDict(value)) {
    return null;
  }
  const { kind } = value;
  return {
    kind: kind === 'code' || kind === 'markdown' ? kind : 'raw',
    source: text(value.source),
    html: typeof value.html === 'string' ? value.html : null,
    count: number(value.count),
    outputs: list(value.outputs, readOutput)
  };
}

function readOutput(value: unknown): IOutput | null {
  const { kind, text: shown } = dict(value);
  switch (kind) {
    case 'text':
    case 'error':
    case 'html':
      return { kind, text: text(shown) };
    case 'image':
      return text(shown).startsWith('data:image/') ? { kind, text: text(shown) } : null;
    default:
      return { kind: 'other', text: text(shown) };
  }
}

export async function askLog(
  host: IRunsHost,
  runId: string,
  path: string | null,
  known: number
): Promise<ILog> {
  const answer = dict(await host.ask('run_log', { run_id: runId, path, known }));
  return {
    files: list(answer.files, one =>
      isDict(one) ? { path: text(one.path), size: number(one.size) ?? 0 } : null
    ),
    path: textOrNull(answer.path),
    size: number(answer.size) ?? 0,
    start: number(answer.start) ?? 0,
    text: typeof answer.text === 'string' ? answer.text : null
  };
}

export async function askModels(
  host: IRunsHost,
  runId: string
): Promise<{ total: number; models: ILoggedModel[] }> {
  const answer = dict(await host.ask('run_models', { run_id: runId }));
  return { total: number(answer.total) ?? 0, models: list(answer.models, readModel) };
}

function readModel(value: unknown): ILoggedModel | null {
  if (!isDict(value)) {
    return null;
  }
  const { signature } = value;
  return {
    name: text(value.name),
    uri: text(value.uri),
    size: number(value.size) ?? 0,
    files: number(value.files) ?? 0,
    created: text(value.created),
    version: text(value.version),
    flavors: texts(value.flavors),
    loaders: texts(value.loaders),
    signature: isDict(signature)
      ? {
          inputs: list(signature.inputs, readField),
          outputs: list(signature.outputs, readField),
          params: list(signature.params, readField)
        }
      : null,
    requirements: Array.isArray(value.requirements) ? texts(value.requirements) : null,
    example: textOrNull(value.example),
    exampleTable: isDict(value.example_table) ? readTable(value.example_table) : null,
    signed: textOrNull(value.signed),
    problem: textOrNull(value.problem)
  };
}

function readField(value: unknown): ISchemaField | null {
  return isDict(value)
    ? {
        name: text(value.name),
        type: text(value.type),
        required: value.required !== false,
        otherwise: text(value.default)
      }
    : null;
}

export async function askCode(host: IRunsHost, runId: string): Promise<ICode> {
  const answer = dict(await host.ask('run_code', { run_id: runId }));
  return {
    cells: list(answer.cells, one =>
      isDict(one) ? { source: text(one.source), count: number(one.count), failed: one.failed === true } : null
    ),
    hidden: list(answer.hidden, one =>
      isDict(one) ? `${texts(one.names).join(', ')}: ${text(one.why)}` : null
    ),
    diff: text(answer.diff),
    source: named(answer.source),
    machine: named(answer.machine),
    packages: list(answer.packages, one => {
      const [name, version] = texts(one);
      return name === undefined ? null : [name, version ?? ''];
    }),
    others: list(answer.others, one => {
      const run = readNamedRun(one);
      return run && { ...run, startTime: number(dict(one).start_time), why: text(dict(one).why) };
    })
  };
}

function named(value: unknown): { [name: string]: string } {
  return Object.fromEntries(Object.entries(dict(value)).map(([name, one]) => [name, text(one)]));
}

export function readNamedRun(value: unknown): INamedRun | null {
  return isDict(value) && typeof value.run_id === 'string'
    ? {
        runId: value.run_id,
        name: text(value.name) || value.run_id.slice(0, 8),
        status: status(value.status)
      }
    : null;
}

export async function askChildren(
  host: IRunsHost,
  runId: string,
  offset: number
): Promise<{ total: number; runs: INamedRun[] }> {
  const answer = dict(await host.ask('run_children', { run_id: runId, offset }));
  return { total: number(answer.total) ?? 0, runs: list(answer.runs, readNamedRun) };
}

export async function askRunLineage(host: IRunsHost, runId: string): Promise<ILineage> {
  return readLineage(await host.ask('run_lineage', { run_id: runId }));
}

const CHART_HEIGHT = 210;

export interface ILook {
  x: XAxis;
  logY: boolean;
  smoothing: number;
}

/** The course of a metric, in no more points than the place has for it. */
export async function askCurve(
  host: IRunsHost,
  runId: string,
  key: string,
  { x, logY, smoothing }: ILook,
  points: number
): Promise<IFigure> {
  const body = { run_ids: [runId], key, x, log: logY ? 'y' : '', smoothing, points };
  const { data, layout } = readFigure(dict(await host.ask('curves', body)).figure);
  // The card says which metric it is.
  const yaxis = { ...dict(layout.yaxis), title: { text: '' } };
  return { data, layout: { ...layout, height: CHART_HEIGHT, yaxis } };
}
