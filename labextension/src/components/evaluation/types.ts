/** What an evaluation of a model is to a page. */
import type { ITable } from '../runs/files';
import type { IDraws } from '../useDrawing';
import type { IFigure } from '../types';

export interface IEvaluatedMetric {
  name: string;
  value: number;
  interval: [number, number] | null;
}

export interface ISlice {
  slice: string;
  group: string;
  rows: number;
  value: number;
  interval: [number, number] | null;
  difference: number;
}

export interface IEvaluation {
  runId: string;
  prefix: string;
  /** Of all evaluations of the run. */
  prefixes: string[];
  /** By which its rows are asked for; empty in files that are older. */
  digest: string;
  isClassifier: boolean;
  model: string;
  data: string;
  rows: number;
  /** Rows that can be shown: all, or a sample. */
  kept: number;
  /** Of the intervals, 0 to 1. */
  level: number;
  metrics: IEvaluatedMetric[];
  labels: string[];
  /** How many rows of each label (a line each) were taken for each. */
  matrix: number[][] | null;
  calibrationError: number | null;
  sliceMetric: string;
  slices: ISlice[];
  /** Seconds, rows a second and bytes, where they were measured. */
  cost: { seconds: number; rowsPerSecond: number; memoryBytes: number | null } | null;
  figures: [string, IFigure][];
}

export interface IEvaluationBundle extends IEvaluation {
  store: string;
  /** The rows it was most wrong about, as they were when it was saved. */
  worst: ITable;
}

/** Which rows are meant; labels by their places. */
export interface IRowFilter {
  right?: number;
  predicted?: number;
  slice?: string;
  group?: string;
  wrong?: boolean;
}

export interface IEvaluationHost extends IDraws {
  ask(view: string, body: object): Promise<unknown>;
}
