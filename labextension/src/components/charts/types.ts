/** What a tab of charts is given, and what the store answers to it. */
import type { ComponentType } from 'react';
import type { Cell, IFigure } from '../types';
import type { IDraws } from '../useDrawing';
import type { Source } from '../views';
import type { ITranslate } from '../translation';

export type Options = { [name: string]: unknown };

export interface IField {
  id: string;
  label: string;
  group: string;
  kind: 'number' | 'text';
}

/** The numbers behind a chart. */
export interface INumbers {
  columns: string[];
  rows: Cell[][];
}

export interface IChart {
  figure: IFigure;
  numbers: INumbers;
  /** What can be drawn. */
  fields: IField[];
  /** What is drawn, where the question left it open. */
  chosen: Options;
}

/** What charts ask of the place that shows them. */
export interface IChartsHost extends IDraws {
  /** What a view of the store says, by its name in Python's table of views. */
  chart(source: Source, view: string, body: object): Promise<unknown>;
}

export interface IPanelProps {
  host: IChartsHost;
  source: Source;
  stamp: number;
  /** Which runs are compared, as Python's `RunQuery`. */
  query: object;
  /** How many these are. */
  total: number;
  /** The first of them, in the order of the table. */
  order: string[];
  selection: string[];
  hovered: string | null;
  options: Options;
  onOptions(part: Options): void;
  onHover(runId: string | null): void;
  onPick(runId: string): void;
  onSelection(runIds: string[]): void;
  onColours(colours: ReadonlyMap<string, string>): void;
}

/** A row of the table of charts. */
export interface IPanel {
  id: string;
  title(trans: ITranslate): string;
  Panel: ComponentType<IPanelProps>;
}
