/** A grid of any number of rows and columns, of which what is in sight is in the page. */
import type { ReactNode } from 'react';

export interface IGridColumn {
  id: string;
  label: string;
  /** What kind of column it is, written above it. */
  band: string;
  /** More of the label, such as which value of a metric is shown. */
  mark?: string | undefined;
  numeric: boolean;
  width: number;
  isPinned?: boolean;
  /** Where the list cannot be sorted by it. */
  unsorted?: boolean;
}

export interface IGridCell {
  content: ReactNode;
  title?: string | undefined;
  /** How it is drawn: nothing there, still to come, or against the baseline. */
  tone?: 'none' | 'better' | 'worse' | 'neither' | undefined;
}

/** A row as the grid knows it. */
export interface IGridRow {
  key: string;
  /** What is selected with it: nothing for groups and rows that are not here. */
  runId: string | null;
  isGroup: boolean;
}

export interface IPlace {
  /** -1 is the head. */
  row: number;
  /** 0 is the column of names. */
  column: number;
}
