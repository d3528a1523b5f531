import { readFacts } from '../components/compare/answers';
import { queryOf } from '../components/compare/queries';
import { copyText } from '../components/clipboard';
import { RequestError } from '../components/errors';
import type { ICompareBundle, ICompareHost, ICompareState, ILoaded } from '../components/types';
import type { Source } from '../components/views';
import { ViewHost } from './viewHost';

const ANSWER_MS = 30_000;

/** Data for a comparison: from the server, else the kernel, else what was saved with the notebook. */
export class CompareHost extends ViewHost<ICompareState, ICompareBundle> implements ICompareHost {
  async load(filter: string): Promise<ILoaded> {
    const loaded = await this.best(filter);
    this.parts.store.wantsKernel = loaded.source !== 'server';
    this.follow(loaded.source === 'server');
    return loaded;
  }

  chart(source: Source, view: string, body: object): Promise<unknown> {
    return source === 'kernel' ? this.fromKernel(view, body, ANSWER_MS) : this.fromServer(view, body);
  }

  act(source: Source, action: string, body: object): Promise<unknown> {
    const { server, store } = this.parts;
    return source === 'kernel'
      ? store.ask(action, body, ANSWER_MS)
      : server.post(`actions/${action}`, { store: this.bundle.store }, body);
  }

  copy(text: string): Promise<void> {
    return copyText(text);
  }

  reload(): void {
    this.parts.store.reload();
  }

  private async best(filter: string): Promise<ILoaded> {
    const { scope, snapshot } = this.bundle;
    const body = { query: queryOf(scope, { filter, sort: [], aspects: {} }) };
    // A list that is too long for the notebook's file is known to the kernel alone.
    const ways: Source[] = scope.listed === null ? ['server', 'kernel'] : ['kernel'];
    let problem =
      scope.listed === null
        ? null
        : this.parts.trans.__(
            'The kernel that listed these runs is gone. Run the cell again for all of them.'
          );
    for (const source of ways) {
      try {
        const facts = readFacts(await this.chart(source, 'run_facts', body));
        if (facts.total > 0 || snapshot.rows.length === 0 || filter !== '') {
          return { facts, source, problem: null };
        }
        problem ??= this.parts.trans.__('The runs are no longer in the store.');
      } catch (error) {
        if (filter !== '' && error instanceof RequestError && error.code === 'INVALID_PARAMETER_VALUE') {
          return { facts: null, source, problem: error.message };
        }
        // What the server said is the reason to show, not that no kernel is there.
        problem ??= this.reason(error);
      }
    }
    return { facts: null, source: 'snapshot', problem };
  }
}
