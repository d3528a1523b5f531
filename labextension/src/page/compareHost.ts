import { goOn, readCompare, readCompareData } from '../components/compare/bundles';
import type { ICompareBundle, ICompareHost, ICompareState, ILoaded } from '../components/types';
import { said } from '../components/errors';
import type { Source } from '../components/views';
import { PageHost } from './pageHost';

/** Runs of the server's store, side by side. */
export class CompareHost extends PageHost<ICompareState, ICompareBundle> implements ICompareHost {
  static bundle(runs: string[]): ICompareBundle {
    return readCompare({ id: 'page', store: '', storeName: '', savedAt: null }, { scope: { run_ids: runs } });
  }

  async load(): Promise<ILoaded> {
    try {
      const data = readCompareData(
        await this.ask('compare', { query: { run_ids: this.bundle.scope.runIds ?? [] } })
      );
      this.last = data;
      this.isDone = !goOn(data);
      return { data, source: 'server', problem: null };
    } catch (error) {
      this.isDone = false;
      return { data: this.last, source: 'server', problem: said(error) };
    }
  }

  chart(_: Source, view: string, body: object): Promise<unknown> {
    return this.ask(view, body);
  }

  /** Finished runs do not change. */
  isDone = false;

  private last = this.bundle.snapshot;
}
