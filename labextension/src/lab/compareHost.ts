import { readCompareData, readCurves } from '../components/bundles';
import type { ITranslate } from '../components/translation';
import type {
  ICompareBundle,
  ICompareHost,
  ICompareState,
  ICurves,
  IDrawnFigure,
  IFigure,
  IFigureEvents,
  ILoaded,
  Source,
  XAxis
} from '../components/types';
import type { Changes } from './changes';
import type { Charts } from './charts';
import { NO_EXTENSION, NO_SERVER, RequestError, type Server } from './request';
import type { ViewStore } from './viewStore';

interface IParts {
  server: Server;
  changes: Changes;
  charts: Charts;
  trans: ITranslate;
  store: ViewStore;
  visible(): boolean;
}

/** Data for a comparison: from the server, else the kernel, else what was saved with the notebook. */
export class CompareHost implements ICompareHost {
  constructor(
    readonly bundle: ICompareBundle,
    private readonly parts: IParts
  ) {
    this.get = parts.store.get;
    this.subscribe = parts.store.subscribe;
  }

  readonly get: ICompareHost['get'];
  readonly subscribe: ICompareHost['subscribe'];

  set(part: Partial<ICompareState>): void {
    this.parts.store.set(part);
  }

  async load(): Promise<ILoaded> {
    const loaded = await this.best();
    this.parts.store.wantsKernel = loaded.source !== 'server';
    const unfinished = loaded.data.rows.some(row => row.status === 'RUNNING' || row.status === 'SCHEDULED');
    this.follow(loaded.source === 'server' && unfinished);
    return loaded;
  }

  async curves(source: Source, runs: string[], key: string | null, x: XAxis): Promise<ICurves> {
    const body = { run_ids: runs, key, x };
    return readCurves(
      source === 'kernel'
        ? await this.parts.store.ask('curves', body)
        : await this.parts.server.post('views/curves', { store: this.bundle.store }, body)
    );
  }

  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure> {
    return this.parts.charts.draw(node, figure, events);
  }

  dispose(): void {
    this.disposed = true;
    this.follow(false);
  }

  private async best(): Promise<ILoaded> {
    const { server, store, trans } = this.parts;
    const { bundle } = this;
    const body = { run_ids: bundle.runs };
    let problem: string;
    try {
      const data = readCompareData(await server.post('views/compare', { store: bundle.store }, body));
      if (data.rows.length > 0 || bundle.snapshot.rows.length === 0) {
        return { data, source: 'server', problem: null };
      }
      problem = trans.__('The runs are no longer in the store.');
    } catch (error) {
      problem = this.reason(error);
    }
    try {
      const data = readCompareData(await store.ask('compare', body));
      if (data.rows.length > 0) {
        return { data, source: 'kernel', problem: null };
      }
    } catch {
      // No kernel, or one that does not know the view: what the server said is the reason to show.
    }
    return { data: bundle.snapshot, source: 'snapshot', problem };
  }

  private reason(error: unknown): string {
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

  /** Reads again when the store moves, as long as a run goes on: finished runs do not change. */
  private follow(wanted: boolean): void {
    if (wanted && this.unwatch === null && !this.disposed) {
      const { changes, store, visible } = this.parts;
      this.unwatch = changes.watch(this.bundle.store, visible, () => store.reload());
    } else if (!wanted) {
      this.unwatch?.();
      this.unwatch = null;
    }
  }

  private unwatch: (() => void) | null = null;
  private disposed = false;
}
