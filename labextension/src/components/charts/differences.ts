/** What is different between two runs, as Python's `run_diff` says it. */
import { formatNumber } from '../formats';
import { dict, list, number, text } from '../parse';

export interface ILine {
  kind: 'same' | 'removed' | 'added';
  old: number | null;
  new: number | null;
  text: string;
  /** From where to where the line itself is another one. */
  marks: [number, number][];
}

export interface IDiff {
  added: number;
  removed: number;
  cut: boolean;
  hunks: ILine[][];
}

export interface IPair {
  name: string;
  old: string | null;
  new: string | null;
}

export interface IDifference {
  runs: { runId: string; name: string }[];
  code: (IDiff & { name: string })[];
  sections: { id: string; rows: IPair[] }[];
}

const SECTIONS = ['params', 'metrics', 'data', 'environment', 'tags'];

export function readDifference(value: unknown): IDifference {
  const answer = dict(value);
  return {
    runs: list(answer.runs, one => ({ runId: text(dict(one).run_id), name: text(dict(one).name) })),
    code: list(answer.code, one => ({ name: text(dict(one).name), ...readDiff(one) })),
    sections: SECTIONS.map(id => ({ id, rows: list(answer[id], one => readPair(one, id === 'metrics')) }))
  };
}

export function readDiff(value: unknown): IDiff {
  const diff = dict(value);
  return {
    added: number(diff.added) ?? 0,
    removed: number(diff.removed) ?? 0,
    cut: diff.cut === true,
    hunks: list(diff.hunks, hunk => list(hunk, readLine))
  };
}

function readLine(value: unknown): ILine {
  const line = dict(value);
  const kind = line.kind === 'removed' || line.kind === 'added' ? line.kind : 'same';
  const marks = list(line.marks, mark => {
    const [from, to] = list(mark, number);
    return from === undefined || to === undefined ? null : ([from, to] as [number, number]);
  });
  return { kind, old: number(line.old), new: number(line.new), text: text(line.text), marks };
}

function readPair(value: unknown, areMetrics: boolean): IPair | null {
  const { name, old, new: now } = dict(value);
  const said = (one: unknown): string | null => {
    const metric = areMetrics ? number(one) : null;
    return metric !== null
      ? formatNumber(metric)
      : one === null || one === undefined
        ? null
        : text(one, String(one));
  };
  return typeof name === 'string' ? { name, old: said(old), new: said(now) } : null;
}
