/** What the runs of a store are to a page of its own, and what it asks of its host. */
import type { IRegistrar } from '../register/types';
import type { OpenPlayground } from '../playground/types';
import type {
  IColumn,
  IDrawnFigure,
  IEntry,
  IExperiment,
  IFigure,
  IFigureEvents,
  IPage,
  IRow
} from '../types';
import type { IAlert } from '../card/types';
import type { INamedRun, ISort, Stage } from '../types';
import type { ReactElement } from 'react';

export interface IRunsQuery {
  /** Null for all of them. */
  experiment: string | null;
  filter: string;
  sort: ISort[];
}

/** Some of the runs that are found, from one number on. */
export interface IRunsPart {
  total: number;
  columns: IColumn[];
  rows: IRow[];
}

export interface ILoggedMetric {
  key: string;
  value: number;
  points: number;
  /** Null where the store does not know. */
  min: number | null;
  max: number | null;
}

interface IInput {
  name: string;
  digest: string;
  context: string;
  kind: string;
  /** Where it is from, and its size, as JSON. */
  source: string;
  profile: string;
}

interface IRunModel {
  name: string;
  version: string;
  stage: Stage;
  aliases: string[];
}

export interface IRunDetails extends INamedRun {
  experimentId: string;
  experiment: string;
  user: string;
  startTime: number | null;
  endTime: number | null;
  isDeleted: boolean;
  artifactUri: string;
  params: IEntry[];
  metrics: ILoggedMetric[];
  tags: IEntry[];
  inputs: IInput[];
  models: IRunModel[];
  alerts: IAlert[];
  /** Those above it, the topmost first. */
  parents: INamedRun[];
  children: INamedRun[];
  /** There is a notebook that makes it again. */
  hasCells: boolean;
}

/** Where in the page something is. */
export interface ILinks {
  runs(experiment: string | null): string;
  run(runId: string): string;
  model(name: string): string;
  version(name: string, version: string): string;
  compare(runIds: string[]): string;
}

export interface IRunsHost {
  /** Key of the store; empty where the server has only one. */
  readonly store: string;
  readonly links: ILinks;
  experiments(search: string, count: number, page: string | null): Promise<IPage<IExperiment>>;
  runs(query: IRunsQuery, offset: number, count: number): Promise<IRunsPart>;
  run(runId: string): Promise<IRunDetails>;
  /** What a view says, by its name in Python's table of views. */
  ask(view: string, body: object): Promise<unknown>;
  /** Makes a change, by its name in Python's table of actions. */
  act(action: string, body: object): Promise<void>;
  /** Where a file can be fetched. */
  artifactUrl(runId: string, path: string): string;
  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure>;
  drawMarkdown(text: string): ReactElement;
  copy(text: string): Promise<void>;
  readonly registrar: IRegistrar;
  /** Models by their URIs, in a process of the server. */
  readonly playground: OpenPlayground;
}
