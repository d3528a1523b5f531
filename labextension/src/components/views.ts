/** What all views share: how their bundles begin, their state, and what they ask of their host. */
import type { ReactElement } from 'react';
import { dict, isDict, list, number, text, type Dict } from './parse';
import type { IDrawnFigure, IFigure, IFigureEvents, ITrace } from './types';

/** The newest bundle that this front end can draw. */
export const VERSION = 1;

/** Where the data come from; a snapshot is what was saved with the notebook. */
export type Source = 'server' | 'kernel' | 'snapshot';

export interface ICommon {
  id: string;
  store: string;
  storeName: string;
  /** Milliseconds. */
  savedAt: number | null;
}

export interface IViewBundle<S extends object> extends ICommon {
  state: S;
}

/** What several views of one id share. A new object at every change. */
export interface IShared<S extends object> {
  state: S;
  /** Whether the kernel follows this view. */
  alive: boolean;
  /** Moves when the data should be read again. */
  stamp: number;
}

export interface IViewHost<S extends object, B extends IViewBundle<S>> {
  readonly bundle: B;
  get(): IShared<S>;
  set(part: Partial<S>): void;
  subscribe(listener: () => void): () => void;
  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure>;
  drawMarkdown(text: string): ReactElement;
  /** Where a run is shown, if the host has such a place. */
  readonly runHref?: (runId: string) => string;
}

/** Null when the bundle is of a newer version than this front end. */
export function readCommon(bundle: Dict): ICommon | null {
  const version = number(bundle.version);
  if (version === null || version > VERSION || typeof bundle.id !== 'string') {
    return null;
  }
  return {
    id: bundle.id,
    store: text(bundle.store),
    storeName: text(bundle.store_name),
    savedAt: number(bundle.saved_at)
  };
}

export function readFigure(value: unknown): IFigure {
  const figure = dict(value);
  return {
    data: list<ITrace>(figure.data, one => (isDict(one) ? one : null)),
    layout: dict(figure.layout)
  };
}
