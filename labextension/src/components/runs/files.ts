/** The files of a run and what it printed: what their tabs ask, and what is answered. */
import { cell, dict, isDict, list, number, text, textOrNull } from '../parse';
import type { Cell } from '../types';
import type { IRunsHost } from './types';

export interface IArtifact {
  path: string;
  isFolder: boolean;
  /** Null where the storage does not tell. */
  size: number | null;
}

interface IFiles {
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
  | { kind: 'text'; text: string; next: number | null }
  | { kind: 'note'; html: string }
  | { kind: 'page'; text: string }
  | { kind: 'table'; table: ITable }
  | { kind: 'notebook'; cells: INotebookCell[]; total: number }
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
        cells: list(answer.cells, readCell),
        total: number(answer.total) ?? 0
      };
    default:
      return { kind: 'none', problem: text(answer.problem) };
  }
}

export function readTable(answer: { [key: string]: unknown }): ITable {
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
