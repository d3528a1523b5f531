/** What the panel lists, and what it asks of its host. */
import type { IColumnFacts } from '../compare/types';
import type { IMoveHost } from '../moves/types';
import type { IRegistrar } from '../register/types';
import type { IRunDetails } from '../runs/types';
import type { IModel, INamedRun, IPage, IVersion } from '../types';

export interface IListedExperiment {
  id: string;
  name: string;
  /** Of the runs that are looked for. */
  count: number;
  running: number;
}

export interface IListedRun extends INamedRun {
  startTime: number | null;
  endTime: number | null;
  /** The notebook that began it. */
  notebook: string | null;
  isArchived: boolean;
  /** Whether there is a notebook of it. */
  hasCells: boolean;
  /** How many runs are shown below it. */
  children: number;
  metrics: { key: string; value: number }[];
  points: number[];
}

export interface IRunStretch {
  total: number;
  runs: IListedRun[];
  /** The metric that `points` are of. */
  main: string | null;
}

export const SHOWN = ['active', 'archived', 'deleted'] as const;
export type Shown = (typeof SHOWN)[number];

/** Which runs are looked for. */
export interface IRunQuery {
  shown: Shown;
  /** Already in the language of filters; with one, runs are found at any depth. */
  filter: string;
}

/** Of which list: the runs of an experiment, or those below a run. */
export interface IOwner {
  experiment: string | null;
  parent: string | null;
}

export interface IStoreHost extends IMoveHost {
  /** The key of the store. */
  readonly key: string;
  experiments(query: IRunQuery, page: string | null): Promise<IPage<IListedExperiment>>;
  runs(query: IRunQuery, owner: IOwner, offset: number, count: number): Promise<IRunStretch>;
  run(runId: string): Promise<IRunDetails>;
  /** The columns that runs have, for completion. */
  columns(): Promise<IColumnFacts[]>;
  /** Frequent texts of a column. */
  values(column: string): Promise<string[]>;
  /** Makes a change, by its name in Python's table of actions. */
  act(action: string, body: object): Promise<unknown>;
  models(search: string, count: number, page: string | null): Promise<IPage<IModel>>;
  versions(model: string): Promise<IVersion[]>;
  /** Takes the last move of a model's version back. */
  undoMove(model: string): Promise<void>;
  readonly registrar: IRegistrar;
  copy(text: string): Promise<void>;
}

export interface IStores {
  default: string;
  stores: { key: string; location: string }[];
}

/** What is around the panel, as far as there is any. */
export interface ISurroundings {
  /** Opens a place of a store as a page; null where the host has no pages. */
  open: ((store: string, place: string) => void) | null;
  /** Puts a line of code into the notebook in front; null where there is none. */
  insertCode: ((code: string) => void) | null;
}

export interface IPanelHost {
  stores(): Promise<IStores>;
  store(key: string): IStoreHost;
  /** Calls when anything in the store has changed; the answer ends it. */
  watch(key: string, moved: () => void): () => void;
  /** As they are now; they come and go with what is open. */
  surroundings(): ISurroundings;
  /** Interrupts what runs the run; says what was done, or rejects with why it can not. */
  stop(run: IListedRun): Promise<string>;
  /** The store of the notebook in front. */
  readonly followed: { get(): string | null; subscribe(listener: () => void): () => void };
  /** What is kept until the next time. */
  readonly memory: { read(name: string): unknown; write(name: string, value: unknown): void };
}
