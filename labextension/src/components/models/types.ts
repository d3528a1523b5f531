/** What the registry's view knows, and what it asks of its host. */
import type { IMoveHost } from '../moves/types';
import type { OpenPlayground } from '../playground/types';
import type { IEntry, IFigure, IPage, Stage } from '../types';
import type { IViewBundle, IViewHost, Source } from '../views';

export const TABS = ['versions', 'compare', 'history', 'lineage', 'monitoring', 'predict'] as const;
export type Tab = (typeof TABS)[number];
export type Order = 'name' | 'updated';

export interface IModelsState {
  /** The model that is opened. */
  name: string | null;
  search: string;
  /** Chosen versions as "name/3". */
  selection: string[];
  order_by: Order;
  tab: Tab;
}

export interface IAliasOf {
  alias: string;
  version: string;
}

export interface IModelRow {
  name: string;
  description: string;
  updated: number | null;
  tags: IEntry[];
  aliases: IAliasOf[];
  stages: { stage: Stage; version: string }[];
  latest: string | null;
  versions: number;
}

export interface IModelsPage extends IPage<IModelRow> {
  total: number;
}

export interface IGate {
  id: number;
  stage: Stage | null;
  alias: string | null;
  rule: string;
}

export interface IModelHead {
  name: string;
  description: string;
  created: number | null;
  updated: number | null;
  tags: IEntry[];
  aliases: IAliasOf[];
  gates: IGate[];
}

export interface IVersionRow {
  version: string;
  stage: Stage;
  aliases: string[];
  created: number | null;
  user: string;
  description: string;
  runId: string;
  runName: string;
  experiment: string;
  source: string;
  tags: IEntry[];
  metrics: ReadonlyMap<string, number>;
}

export interface IUndo {
  change: number;
  text: string;
}

export interface IVersionsPage extends IPage<IVersionRow> {
  model: IModelHead;
  /** Keys of the columns. */
  metrics: string[];
  total: number;
  undo: IUndo | null;
}

export interface IField {
  name: string;
  type: string;
  required: boolean;
}

export interface ISignature {
  inputs: IField[];
  outputs: IField[];
  params: IField[];
}

export interface IVersionDetails extends IVersionRow {
  params: IEntry[];
  signature: ISignature | null;
  requirements: string[] | null;
  flavors: string[];
  hasExample: boolean;
  /** Why the model's folder could not be read. */
  problem: string | null;
}

export type Value = string | number | null;

export interface ICompared {
  key: string;
  values: Value[];
  differs: boolean;
}

export interface IVersionComparison {
  versions: IVersionRow[];
  sections: { id: string; rows: ICompared[] }[];
}

export interface IEvent {
  change: number;
  time: number;
  user: string;
  host: string;
  notebook: string | null;
  action: string;
  version: string | null;
  comment: string | null;
  forced: boolean;
  text: string;
}

export interface IHistory {
  events: IEvent[];
  undo: IUndo | null;
}

export interface INode {
  id: string;
  kind: string;
  name: string;
  detail: string;
}

export interface ILineage {
  figure: IFigure;
  steps: { from: INode; to: INode; label: string }[];
}

export type Band = 'stable' | 'moderate' | 'large' | 'few rows';
export type Latency = [name: string, milliseconds: number][];

/** How far a column of the requests has moved. */
export interface IDrift {
  column: string;
  kind: string;
  psi: number | null;
  band: Band;
  missingBefore: number;
  missingNow: number;
  /** Shares of rows by bin, missing values last. */
  binsBefore: number[];
  binsNow: number[];
}

/** What was asked of a version. */
export interface IMonitored {
  begin: number;
  end: number;
  isWhole: boolean;
  requests: number;
  errors: number;
  /** How many failed, by HTTP's status. */
  failed: [status: string, count: number][];
  /** Of the requests, that many are in the log. */
  kept: number;
  latency: Latency;
  reference: { kind: string; rows: number; compared: number; absent: string[]; lacks: string[] };
  drifts: IDrift[];
  figures: [string, IFigure][];
}

// ---- host

/** Data and where they are from. */
export interface ISourced {
  source: Source;
  /** Why a better source could not answer, in words for the user. */
  problem: string | null;
}

export interface IModelsBundle extends IViewBundle<IModelsState> {
  models: IModelsPage & ISourced;
  opened: (IVersionsPage & ISourced) | null;
}

export type ActionName = 'remove_alias' | 'undo_move' | 'describe' | 'set_tag' | 'delete_tag';

export interface IModelsHost extends IViewHost<IModelsState, IModelsBundle>, IMoveHost {
  /** The page saved with the notebook is the last resort: rejects only when that has no answer either. */
  models(search: string, order: Order, count: number, page: string | null): Promise<IModelsPage & ISourced>;
  versions(
    name: string,
    search: string,
    count: number,
    page: string | null
  ): Promise<IVersionsPage & ISourced>;
  /** The answer to a view of one model, see `questions`. */
  ask(view: string, body: object): Promise<unknown>;
  act(action: ActionName, body: object): Promise<void>;
  reload(): void;
  /** Models by their URIs, in a process of the server, where the host has one. */
  readonly playground?: OpenPlayground;
}
