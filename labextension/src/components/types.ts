/** What the views know: plain data and the few things that they ask of their host. */
import type { IFacts } from './compare/types';
import type { IViewBundle, IViewHost, Source } from './views';

export type Status = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface IEntry {
  key: string;
  value: string;
}

export interface IMetric {
  key: string;
  value: number;
  step: number;
}

export interface INamedRun {
  runId: string;
  name: string;
  status: Status;
}

// ---- compare

export type Cell = number | string | null;

export interface IColumn {
  id: string;
  group: string;
  label: string;
  kind: 'number' | 'text';
  differs: boolean;
}

export interface IRow {
  runId: string;
  name: string;
  status: Status;
  startTime: number | null;
  endTime: number | null;
  /** Seconds. */
  duration: number | null;
  experiment: string;
  values: Cell[];
}

export interface ICompareData {
  columns: IColumn[];
  rows: IRow[];
  total: number;
  missing: number;
}

export type XAxis = 'step' | 'relative' | 'time';

export interface ISort {
  id: string;
  desc: boolean;
}

/** How the columns stand, by their ids. */
export interface IColumnsState {
  /** Those that somebody moved, in their order; the others follow. */
  order: string[];
  hidden: string[];
  /** Shown although they would not be: tags, or what differences only leaves out. */
  shown: string[];
  pinned: string[];
  /** Pixels. */
  widths: { [id: string]: number };
}

export type Aggregate = 'last' | 'min' | 'max' | 'first' | 'best';
/** Which of two values is the better one. */
export type Direction = 'lower' | 'higher' | 'neither';

export interface ICompareState {
  selection: string[];
  sort: ISort[];
  filter: string;
  columns: IColumnsState;
  differences_only: boolean;
  /** The param, tag or attribute whose runs of one value are one row. */
  group: string | null;
  /** Values of the groups whose runs are shown. */
  expanded: string[];
  baseline: string | null;
  aggregates: { [id: string]: Aggregate };
  directions: { [id: string]: Direction };
  charts: IChartsState;
  /** Name of the saved view that it began as, or was last saved as. */
  view: string | null;
}

/** The open tab of the charts, and what was chosen in each. */
export interface IChartsState {
  tab: string;
  options: { [tab: string]: { [name: string]: unknown } };
}

/** Which runs are meant: those listed, or all of the experiments that match. */
export interface IScope {
  /** Null where they are not listed; the kernel alone knows a list that is too long for a notebook. */
  runIds: string[] | null;
  experimentIds: string[] | null;
  filter: string;
  /** How many are listed, where the list is the kernel's. */
  listed: number | null;
}

export interface ICompareBundle extends IViewBundle<ICompareState> {
  scope: IScope;
  snapshot: ICompareData;
}

export interface ITrace {
  [key: string]: unknown;
  meta?: unknown;
}

export interface IFigure {
  data: ITrace[];
  layout: { [key: string]: unknown };
}

export interface ILoaded {
  /** Null where the filter cannot be read. */
  facts: IFacts | null;
  source: Source;
  /** Why a better source could not answer, or the filter not be read, in words for the user. */
  problem: string | null;
}

export interface IEmphasis {
  selected: ReadonlySet<string>;
  hovered: string | null;
}

export interface IFigureEvents {
  onHover(runId: string | null): void;
  onPick(runId: string): void;
  /** Runs that were chosen in the chart by a frame, a lasso or on axes. */
  onSelection?(runIds: string[]): void;
  /** What of the x axis is shown, in its unit; null for all of it. */
  onRange?(range: [number, number] | null): void;
}

export interface IDrawnFigure {
  update(figure: IFigure): void;
  emphasise(emphasis: IEmphasis): void;
  dispose(): void;
}

export interface ICompareHost extends IViewHost<ICompareState, ICompareBundle> {
  /** Never rejects: the snapshot is the last resort. */
  load(filter: string): Promise<ILoaded>;
  /** What a view of the store says, by its name in Python's table of views. */
  chart(source: Source, view: string, body: object): Promise<unknown>;
  /** Makes a change, by its name in Python's table of actions. */
  act(source: Source, action: string, body: object): Promise<unknown>;
  copy(text: string): Promise<void>;
  /** Reads the store again. */
  reload(): void;
}

// ---- runs and models

export interface IExperiment {
  id: string;
  name: string;
}

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type Stage = (typeof STAGES)[number];

export interface IVersion {
  name: string;
  version: string;
  stage: Stage;
  created: number | null;
  description: string;
  runId: string;
  aliases: string[];
}

export interface IModel {
  name: string;
  description: string;
  updated: number | null;
  latest: IVersion[];
  aliases: { alias: string; version: string }[];
}

export interface IPage<T> {
  items: T[];
  next: string | null;
}
