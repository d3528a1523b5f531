/** What several runs have beside each other: their pictures, tables and texts. */
import { dict, isDict, list, number, text, textOrNull, texts } from '../parse';
import type { IFigure } from '../types';
import { readFigure } from '../views';
import { readDiff, type IDiff } from './differences';
import { readNumbers } from './bundles';
import type { INumbers } from './types';

export interface IPart {
  runId: string;
  name: string;
  src: string | null;
  text: string | null;
  table: (INumbers & { total: number }) | null;
  /** Of its image. */
  step: number | null;
}

interface IArtifacts {
  files: { path: string; kind: string; count: number }[];
  path: string | null;
  parts: IPart[];
  figure: IFigure | null;
  diff: IDiff | null;
}

interface IImages {
  keys: string[];
  key: string | null;
  steps: number[];
  step: number | null;
  parts: IPart[];
}

export function readArtifacts(value: unknown): IArtifacts {
  const answer = dict(value);
  return {
    files: list(answer.files, one => {
      const { path, kind, count } = dict(one);
      return typeof path === 'string' ? { path, kind: text(kind), count: number(count) ?? 0 } : null;
    }),
    path: textOrNull(answer.path),
    parts: list(answer.parts, readPart),
    figure: isDict(answer.figure) ? readFigure(answer.figure) : null,
    diff: isDict(answer.diff) ? readDiff(answer.diff) : null
  };
}

export function readImages(value: unknown): IImages {
  const answer = dict(value);
  return {
    keys: texts(answer.keys),
    key: textOrNull(answer.key),
    steps: list(answer.steps, number),
    step: number(answer.step),
    parts: list(answer.parts, readPart)
  };
}

function readPart(value: unknown): IPart | null {
  const part = dict(value);
  if (typeof part.run_id !== 'string') {
    return null;
  }
  const src = textOrNull(part.src);
  return {
    runId: part.run_id,
    name: text(part.name) || part.run_id.slice(0, 8),
    src: src !== null && src.startsWith('data:image/') ? src : null,
    text: typeof part.text === 'string' ? part.text : null,
    table: isDict(part.table) ? { ...readNumbers(part.table), total: number(part.table.total) ?? 0 } : null,
    step: number(part.step)
  };
}
