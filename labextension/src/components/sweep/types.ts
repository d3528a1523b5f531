/** What the view of a sweep knows. */
import type { IFigure, Status } from '../types';
import type { INumbers } from '../charts/types';

export interface ISweepHead {
  runId: string;
  name: string;
  experiment: string;
  status: Status;
  metric: string;
  maximize: boolean;
  /** Trials in all. */
  n: number;
  done: number;
  running: number;
  pruned: number;
  failed: number;
  startTime: number | null;
  /** Seconds. */
  elapsed: number;
  /** Seconds, as far as can be told. */
  left: number | null;
  error: string | null;
}

export interface ITrial {
  number: number;
  runId: string;
  value: number;
  /** One a dimension. */
  params: string[];
}

export interface IFailure {
  number: number;
  error: string;
}

export interface ISweep {
  head: ISweepHead;
  dimensions: string[];
  /** The best first. */
  best: ITrial[];
  errors: IFailure[];
}

export interface ISweepBundle extends ISweep {
  id: string;
  store: string;
  /** Id of the kernel that runs it. */
  kernel: string | null;
}

export const CHARTS = ['history', 'parallel', 'importance'] as const;
export type ChartName = (typeof CHARTS)[number];

export interface ISweepChart {
  figure: IFigure;
  numbers: INumbers;
}

export interface ISweepAnswer extends ISweep {
  chart: ISweepChart;
}
