/** The table of a comparison: what is known of its columns, and its rows as far as they are here. */
import type { Cell, Direction, ISort, Status } from '../types';

export interface IColumnFacts {
  /** "metrics.acc", "params.lr", "tags.team" or "attributes.duration". */
  id: string;
  group: string;
  label: string;
  kind: 'number' | 'text';
  differs: boolean;
  /** Runs that have it. */
  count: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  /** Characters of the longest text. */
  length: number | null;
  better: Direction;
}

export interface IFacts {
  total: number;
  /** Runs that still go on. */
  active: number;
  /** How many of them were looked at, where the server could not look at all. */
  read: number | null;
  columns: IColumnFacts[];
}

export interface IRunRow {
  kind: 'run';
  runId: string;
  name: string;
  status: Status;
  experimentId: string;
  startTime: number | null;
  endTime: number | null;
  /** Undefined while it is not here yet. */
  cell(column: string): Cell | undefined;
}

export interface IGroupCell {
  count: number;
  mean: number | null;
  sd: number | null;
  min: number | null;
  max: number | null;
  /** What all runs of the group have. */
  text: string | null;
}

export interface IGroupRow {
  kind: 'group';
  /** Null: the runs without one. */
  value: string | null;
  count: number;
  isOpen: boolean;
  cell(column: string): IGroupCell | null | undefined;
}

export type Row = IRunRow | IGroupRow;

export interface IGroups {
  total: number;
  groups: { value: string | null; count: number; cells: { [column: string]: IGroupCell } }[];
}

export interface ISummary {
  count: number;
  missing: number;
  distinct: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  sd: number | null;
  bins: number[];
  values: [string, number][];
}

/** Runs of the comparison, as the store finds and orders them. */
export interface IAsked {
  filter: string;
  sort: ISort[];
  aspects: { [column: string]: string };
  /** Only these of them. */
  runIds?: string[];
  /** Only those that have these texts in these columns. */
  equal?: { [column: string]: string | null };
}

/** Rows of any number, of which those in sight are here. */
export interface IRowSource {
  readonly length: number;
  at(index: number): Row | undefined;
  /** What is in sight; it is read unless it is here. */
  want(from: number, to: number, columns: string[]): void;
  subscribe(listener: () => void): () => void;
  /** Another number whenever anything in it is another. */
  version(): number;
}
