/** What the card of a tracked cell knows. */
import type { IEntry, IMetric, Status } from '../types';

export interface ICardMetric extends IMetric {
  points: number[];
  low: number | null;
  high: number | null;
  trend: 'better' | 'worse' | null;
}

export interface ICardRun {
  runId: string;
  name: string;
  experiment: string;
  status: Status;
  startTime: number | null;
  endTime: number | null;
  /** Seconds. */
  elapsed: number;
}

export type Level = 'info' | 'warning' | 'error';

export interface IAlert {
  title: string;
  text: string;
  level: Level;
  /** Milliseconds since the Unix epoch. */
  time: number | null;
  count: number;
}

/** How far the cell is; seconds, and a share from 0 to 1. */
export interface IEstimate {
  left: number | null;
  share: number | null;
  done: number | null;
  total: number | null;
  by: string;
  usual: number | null;
}

/** How busy a part of the machine is, in percent. */
export interface IGauge {
  key: string;
  value: number;
  points: number[];
}

export interface ICardBundle {
  id: string;
  store: string;
  /** The kernel that runs the cell. */
  kernel: string | null;
  run: ICardRun;
  params: IEntry[];
  moreParams: number;
  metrics: ICardMetric[];
  moreMetrics: number;
  error: string | null;
  children: number;
  /** The run's description: Markdown, shown as the text it is. */
  note: string | null;
  /** What makes the run hard to make again. */
  warnings: string[];
  alerts: IAlert[];
  estimate: IEstimate | null;
  /** Bytes. */
  memory: number | null;
  gauges: IGauge[];
  figures: number;
  log: string[];
}
