/** What the card of a tracked cell, or of a project's run, knows. */
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

/** A run below the card's own. */
export interface IStep {
  runId: string;
  /** From 0. */
  depth: number;
  name: string;
  /** Of a project's run. */
  entryPoint: string | null;
  status: Status;
  startTime: number;
  endTime: number | null;
  metric: { key: string; value: number } | null;
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
  /** What goes on before the program runs. */
  stage: string | null;
  /** Depth first; null of what has none, as a cell. */
  steps: IStep[] | null;
  moreSteps: number;
  /** The kernel is free while the program runs: to interrupt it would not end the program. */
  apart: boolean;
  /** There is a notebook that makes it again. */
  hasCells: boolean;
}
