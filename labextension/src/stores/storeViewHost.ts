import type { ReactElement } from 'react';
import type { IDrawnFigure, IFigure, IFigureEvents } from '../components/types';
import type { IViewBundle, IViewHost } from '../components/views';
import { places } from '../components/addresses';
import type { IStore } from './stores';
import type { ViewState } from './viewState';

/** What a view that is shown in notebooks too asks of a page. */
export class StoreViewHost<S extends object, B extends IViewBundle<S>> implements IViewHost<S, B> {
  constructor(
    readonly bundle: B,
    protected readonly store: IStore,
    protected readonly state: ViewState<S>
  ) {
    this.get = state.get;
    this.subscribe = state.subscribe;
  }

  readonly get: IViewHost<S, B>['get'];
  readonly subscribe: IViewHost<S, B>['subscribe'];

  readonly runHref = (runId: string): string => this.store.href(places.run(runId));

  set(part: Partial<S>): void {
    this.state.set(part);
  }

  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure> {
    return this.store.drawings.drawFigure(node, figure, events);
  }

  drawMarkdown(text: string): ReactElement {
    return this.store.drawings.drawMarkdown(text);
  }

  /** The server's data of a view, by its name in Python's table of views. */
  ask(name: string, body: object): Promise<unknown> {
    return this.store.server.post(`views/${name}`, body);
  }
}
