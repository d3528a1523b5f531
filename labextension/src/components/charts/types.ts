/** What a tab of charts is given, and what the store answers to it. */
import type { ComponentType } from 'react';
import type { Cell, ICompareHost, IFigure } from '../types';
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
  /** What is drawn, where the reader left it open. */
  chosen: Options;
}

export interface IPanelProps {
  host: ICompareHost;
  source: Source;
  stamp: number;
  /** All compared runs that the search leaves, in the order of the table. */
  runs: string[];
  /** All compared runs, in an order that neither search nor sorting moves. */
  all: string[];
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
