/** A store behind a server, whatever the page is that shows it. */
import type { ReactElement } from 'react';
import type { IQuery } from '../components/queries';
import type { IDrawnFigure, IFigure, IFigureEvents } from '../components/types';

/** Requests about one store; paths are those of Python's table of endpoints. */
export interface IStoreServer {
  get(path: string, query?: IQuery): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  /** The address of a route, for what the browser fetches by itself. */
  url(path: string, query?: IQuery): string;
}

/** What is drawn by other means than React. */
export interface IDrawings {
  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure>;
  drawMarkdown(text: string): ReactElement;
}

export interface IStore {
  /** Empty where the server has only one. */
  readonly key: string;
  readonly server: IStoreServer;
  readonly drawings: IDrawings;
  /** The address of a place such as "runs/<id>?tab=charts", see `addresses`. */
  href(place: string): string;
}
