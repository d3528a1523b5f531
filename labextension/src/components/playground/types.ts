import type { ITranslate } from '../translation';
import type { Cell, IFigure } from '../types';
import type { IViewBundle, IViewHost } from '../views';

export const KINDS = [
  'number',
  'integer',
  'choice',
  'boolean',
  'text',
  'datetime',
  'json',
  'file',
  'free'
] as const;
export type Kind = (typeof KINDS)[number];

/** One input of the form. */
export interface IField {
  name: string;
  label: string;
  kind: Kind;
  /** As the signature says it. */
  type: string;
  required: boolean;
  least: number | null;
  most: number | null;
  step: number | null;
  options: string[];
  shape: number[] | null;
}

export interface IForm {
  kind: 'columns' | 'matrix' | 'tensors' | 'free';
  fields: IField[];
  params: IField[];
  notes: string[];
}

/** What the form shows of a file; the kernel has the file itself. */
export interface IFile {
  file: string;
  shape: number[] | null;
  dtype: string;
  bytes: number | null;
}

export type Value = Cell | boolean | IFile;
export interface IValues {
  [name: string]: Value;
}

export interface INamed {
  name: string;
  value: Cell | boolean;
}

/** What one model said to the form. */
export interface ICard {
  label: string;
  role: string;
  outputs: INamed[];
  bars: INamed[];
  ms: number | null;
  problem: string | null;
}

export interface IOutcome {
  number: number;
  values: IValues;
  params: IValues;
  wrong: { [name: string]: string };
  wrongParams: { [name: string]: string };
  cards: ICard[];
  differs: boolean | null;
}

export interface ITableColumn {
  name: string;
  role: 'output' | 'challenger' | 'input';
  numeric: boolean;
}

export interface ITableRow {
  index: number;
  differs: boolean;
  values: (Cell | boolean)[];
}

export interface ITable {
  number: number;
  name: string;
  total: number;
  columns: ITableColumn[];
  leftOut: string[];
  differing: number | null;
  ms: number[];
  problems: string[];
  /** The first of them, those that differ before the others. */
  rows: ITableRow[];
}

export interface IModelTold {
  label: string;
  uri: string;
  role: string;
  flavor: string;
  state: string;
  message: string;
}

export interface IPlaygroundState {
  values: IValues;
  params: IValues;
  features: string[];
  output: string | null;
  tab: 'row' | 'rows';
  only_differing: boolean;
  outcome: IOutcome | null;
  table: ITable | null;
  models: IModelTold[];
  /** HTML and text of the last prediction, for the notebook's file. */
  lasting: { [mime: string]: string };
}

export interface IPlaygroundBundle extends IViewBundle<IPlaygroundState> {
  form: IForm;
}

export interface IWhatIf {
  figure: IFigure | null;
  outputs: string[];
  output: string | null;
  problem: string | null;
}

export interface IPlaygroundHost extends IViewHost<IPlaygroundState, IPlaygroundBundle> {
  /** The answers of these come as state, to all views; an error is why there is none. */
  predict(values: IValues, params: IValues): Promise<void>;
  trust(): Promise<void>;
  sendFile(field: string, file: File): Promise<void>;
  sendRows(file: File): Promise<void>;
  rows(offset: number, limit: number, differing: boolean): Promise<{ rows: ITableRow[]; total: number }>;
  whatIf(features: string[], output: string | null): Promise<IWhatIf>;
  /** Whether the models run in a process of the server, not in a kernel. */
  isServed(): boolean;
  /** Runs them there while there is no kernel, if a server can. */
  readonly serve?: (() => Promise<void>) | undefined;
}

/** Starts a process of the server for models, by their URIs. */
export type OpenPlayground = (models: string[], trans: ITranslate) => Promise<IServedPlayground>;

/** A playground that no kernel knows. */
export interface IServedPlayground extends IPlaygroundHost {
  /** Loads the models as far as they may be; the answer comes as state. */
  load(): Promise<void>;
}
