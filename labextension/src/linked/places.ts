/** What linked views are given by their host, be it JupyterLab or a widget. */
import type { ReactElement } from 'react';
import type { Charts } from '../components/figures/charts';
import type { IQuery } from '../components/queries';
import type { RunHref } from '../components/runLinks';
import type { ITranslate } from '../components/translation';

/** What a kernel tells a view. */
export interface ILinkEvents {
  state(part: unknown): void;
  alive(alive: boolean): void;
}

/** Ties a view to its object in a kernel. */
export interface ILink {
  readonly isAlive: boolean;
  send(state: object): void;
  ask(method: string, params: object, waitMs?: number): Promise<unknown>;
  dispose(): void;
}

/** A kernel, as the place of an output knows it. */
export interface IKernel {
  link(viewId: string, events: ILinkEvents): ILink;
}

export interface IServer {
  get(path: string, query?: IQuery): Promise<unknown>;
  post(path: string, query: IQuery, body: object): Promise<unknown>;
}

export interface IServices {
  server: IServer;
  /** Calls when anything in a store has changed, while the view is seen; the answer ends it. */
  changes: { watch(store: string, visible: () => boolean, moved: () => void): () => void };
  trans: ITranslate;
  /** Where a run is shown, if the host has such a place. */
  runHref?: RunHref;
  /** Where a version of a model is shown. */
  modelHref?: (store: string, name: string, version: string) => string;
}

/** Where an output stands: a notebook has a kernel and a file, other places have neither. */
export interface IPlace {
  charts: Charts;
  kernel: IKernel | null;
  drawMarkdown(text: string): ReactElement;
  /** Called before the file is written; the answer of it ends that. */
  onSave(flush: () => void): () => void;
}

/** Keeps the state of a view where the notebook's file takes it from. */
export interface IWriter {
  /** `lasting`: what else changes with the state, by MIME type. What is not urgent is written when the file is. */
  write(state: object, lasting?: { [mime: string]: string }, isUrgent?: boolean): void;
  flush(): void;
  dispose(): void;
}
