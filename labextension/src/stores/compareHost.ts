import { readFacts } from '../components/compare/answers';
import { readCompare } from '../components/compare/bundles';
import { queryOf } from '../components/compare/queries';
import { copyText } from '../components/clipboard';
import { said } from '../components/errors';
import type { ICompareBundle, ICompareHost, ICompareState, ILoaded } from '../components/types';
import type { Source } from '../components/views';
import { StoreViewHost } from './storeViewHost';
import type { IStore } from './stores';

/** Runs of a store, side by side. */
export class CompareHost extends StoreViewHost<ICompareState, ICompareBundle> implements ICompareHost {
  static bundle({ key }: IStore, scope: object): ICompareBundle {
    return readCompare({ id: 'page', store: key, storeName: '', savedAt: null }, { scope });
  }

  async load(filter: string): Promise<ILoaded> {
    const query = queryOf(this.bundle.scope, { filter, sort: [], aspects: {} });
    try {
      return { facts: readFacts(await this.ask('run_facts', { query })), source: 'server', problem: null };
    } catch (error) {
      return { facts: null, source: 'server', problem: said(error) };
    }
  }

  chart(_: Source, view: string, body: object): Promise<unknown> {
    return this.ask(view, body);
  }

  act(_: Source, action: string, body: object): Promise<unknown> {
    return this.store.server.post(`actions/${action}`, body);
  }

  copy(text: string): Promise<void> {
    return copyText(text);
  }

  reload(): void {
    this.state.reload();
  }
}
