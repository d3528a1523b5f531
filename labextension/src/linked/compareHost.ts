import { goOn, readCompareData } from '../components/compare/bundles';
import type { ICompareBundle, ICompareHost, ICompareState, ILoaded } from '../components/types';
import type { Source } from '../components/views';
import { ViewHost } from './viewHost';

/** Data for a comparison: from the server, else the kernel, else what was saved with the notebook. */
export class CompareHost extends ViewHost<ICompareState, ICompareBundle> implements ICompareHost {
  async load(): Promise<ILoaded> {
    const loaded = await this.best();
    this.parts.store.wantsKernel = loaded.source !== 'server';
    this.follow(loaded.source === 'server' && goOn(loaded.data));
    return loaded;
  }

  chart(source: Source, view: string, body: object): Promise<unknown> {
    return source === 'kernel' ? this.fromKernel(view, body) : this.fromServer(view, body);
  }

  private async best(): Promise<ILoaded> {
    const { bundle } = this;
    const { runIds, experimentIds, filter } = bundle.scope;
    const body = { query: { run_ids: runIds, experiment_ids: experimentIds, filters: [filter] } };
    let problem: string;
    try {
      const data = readCompareData(await this.fromServer('compare', body));
      if (data.rows.length > 0 || bundle.snapshot.rows.length === 0) {
        return { data, source: 'server', problem: null };
      }
      problem = this.parts.trans.__('The runs are no longer in the store.');
    } catch (error) {
      problem = this.reason(error);
    }
    try {
      const data = readCompareData(await this.fromKernel('compare', body));
      if (data.rows.length > 0) {
        return { data, source: 'kernel', problem: null };
      }
    } catch {
      // No kernel, or one that does not know the view: what the server said is the reason to show.
    }
    return { data: bundle.snapshot, source: 'snapshot', problem };
  }
}
