/** What the tabs of a run's page ask, by the names of Python's table of views, and what is answered. */
import { readLineage } from '../models/answers';
import type { ILineage } from '../models/types';
import { dict, isDict, list, namedRun, namedTexts, number, text, textOrNull, texts } from '../parse';
import type { IFigure, INamedRun, XAxis } from '../types';
import { readFigure } from '../views';
import { readTable, type ITable } from './files';
import type { IRunsHost } from './types';

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
    source: namedTexts(answer.source),
    machine: namedTexts(answer.machine),
    packages: list(answer.packages, one => {
      const [name, version] = texts(one);
      return name === undefined ? null : [name, version ?? ''];
    }),
    others: list(answer.others, one => {
      const run = namedRun(one);
      return run && { ...run, startTime: number(dict(one).start_time), why: text(dict(one).why) };
    })
  };
}

export async function askChildren(
  host: IRunsHost,
  runId: string,
  offset: number,
  limit: number
): Promise<{ total: number; runs: INamedRun[] }> {
  const answer = dict(await host.ask('run_children', { run_id: runId, offset, limit }));
  return { total: number(answer.total) ?? 0, runs: list(answer.runs, namedRun) };
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
