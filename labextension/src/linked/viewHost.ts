import { NO_EXTENSION, NO_SERVER, RequestError } from '../components/errors';
import type { ReactElement } from 'react';
import type { IDrawnFigure, IFigure, IFigureEvents } from '../components/types';
import type { IViewBundle, IViewHost } from '../components/views';
import type { IPlace, IServices } from './places';
import type { ViewStore } from './viewStore';

/** 5 MB, perhaps over a slow line. */
const PLOTLY_MS = 60_000;

export interface IParts<S extends object> extends IServices {
  place: IPlace;
  store: ViewStore<S>;
  visible(): boolean;
}

/** What a view asks of its host, the same for all of them. */
export class ViewHost<S extends object, B extends IViewBundle<S>> implements IViewHost<S, B> {
  constructor(
    readonly bundle: B,
    protected readonly parts: IParts<S>
  ) {
    this.get = parts.store.get;
    this.subscribe = parts.store.subscribe;
    const { runHref } = parts;
    if (runHref !== undefined) {
      this.runHref = runId => runHref(bundle.store, runId);
    }
  }

  readonly runHref?: (runId: string) => string;

  readonly get: IViewHost<S, B>['get'];
  readonly subscribe: IViewHost<S, B>['subscribe'];

  set(part: Partial<S>): void {
    this.parts.store.set(part);
  }

  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure> {
    const bytes = async (): Promise<ArrayBuffer> =>
      (await this.fromKernel('plotly.js', {}, PLOTLY_MS)) as ArrayBuffer;
    return this.parts.place.charts.draw(node, figure, events, bytes);
  }

  drawMarkdown(text: string): ReactElement {
    return this.parts.place.drawMarkdown(text);
  }

  dispose(): void {
    this.disposed = true;
    this.follow(false);
  }

  /** Reads again when anything in the store moves. */
  protected follow(wanted: boolean): void {
    if (wanted && this.unwatch === null && !this.disposed) {
      const { changes, store, visible } = this.parts;
      this.unwatch = changes.watch(this.bundle.store, visible, () => store.reload());
    } else if (!wanted) {
      this.unwatch?.();
      this.unwatch = null;
    }
  }

  /** The server's data of a view, by its name in Python's table of views. */
  protected fromServer(view: string, body: object): Promise<unknown> {
    return this.parts.server.post(`views/${view}`, { store: this.bundle.store }, body);
  }

  /** The same from the kernel. */
  protected fromKernel(view: string, body: object, waitMs?: number): Promise<unknown> {
    return this.parts.store.ask(view, body, waitMs);
  }

  /** Why the server could not answer, in words for the user. */
  protected reason(error: unknown): string {
    const { trans } = this.parts;
    const code = error instanceof RequestError ? error.code : '';
    if (code === 'STORE_NOT_KNOWN') {
      return trans.__(
        'The server does not know the store %1. Run the cell again for the present state.',
        this.bundle.storeName
      );
    }
    if (code === NO_EXTENSION) {
      return trans.__('The server extension of jupyter_mlops is not enabled.');
    }
    return code === NO_SERVER || !(error instanceof Error)
      ? trans.__('The Jupyter server can not be reached.')
      : error.message;
  }

  private unwatch: (() => void) | null = null;
  private disposed = false;
}
