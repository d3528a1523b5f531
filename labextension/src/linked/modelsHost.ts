import { RequestError } from '../components/errors';
import { readPreview } from '../components/moves/answers';
import { moveBody, previewBody } from '../components/moves/bodies';
import { readModelsPage, readVersionsPage } from '../components/models/bundles';
import { matching } from '../components/models/snapshots';
import type { IMove, IMoveChoice, IPreview } from '../components/moves/types';
import type {
  ActionName,
  IModelsBundle,
  IModelsHost,
  IModelsPage,
  IModelsState,
  ISourced,
  IVersionsPage,
  Order
} from '../components/models/types';
import type { Source } from '../components/views';

import { ViewHost } from './viewHost';

/** The registry: read from the server, else the kernel, else what was saved; changed where it was read. */
export class ModelsHost extends ViewHost<IModelsState, IModelsBundle> implements IModelsHost {
  models(search: string, order: Order, count: number, page: string | null): Promise<IModelsPage & ISourced> {
    const body = { search, order_by: order, limit: count, page };
    return this.best('models', body, readModelsPage, () => matching(this.bundle.models, search));
  }

  versions(
    name: string,
    search: string,
    count: number,
    page: string | null
  ): Promise<IVersionsPage & ISourced> {
    const { opened } = this.bundle;
    const saved = opened?.model.name === name ? opened : null;
    return this.best('model_versions', { name, search, limit: count, page }, readVersionsPage, () =>
      saved === null ? null : matching(saved, search)
    );
  }

  async preview(move: IMove): Promise<IPreview> {
    return readPreview(await this.ask('preview_move', previewBody(move)));
  }

  move(move: IMove, choice: IMoveChoice): Promise<void> {
    return this.act('move', moveBody(move, choice));
  }

  async act(action: ActionName | 'move', body: object): Promise<void> {
    const { server, store } = this.parts;
    if (this.source === 'kernel') {
      await store.ask(action, body);
    } else {
      await server.post(`actions/${action}`, { store: this.bundle.store }, body);
    }
    this.reload();
  }

  reload(): void {
    this.parts.store.reload();
  }

  ask(view: string, body: object): Promise<unknown> {
    return this.source === 'kernel' ? this.fromKernel(view, body) : this.fromServer(view, body);
  }

  private async best<P>(
    view: string,
    body: object,
    read: (answer: unknown) => P,
    saved: () => P | null
  ): Promise<P & ISourced> {
    let error: unknown;
    try {
      return this.found(read(await this.fromServer(view, body)), 'server', null);
    } catch (said) {
      error = said;
    }
    if (!cannotServe(error)) {
      this.settle('server');
      throw error;
    }
    try {
      return this.found(read(await this.fromKernel(view, body)), 'kernel', null);
    } catch (said) {
      const kept = saved();
      if (kept !== null) {
        return this.found(kept, 'snapshot', this.reason(error));
      }
      this.settle('snapshot');
      throw said instanceof RequestError && !cannotServe(said) ? said : new Error(this.reason(error));
    }
  }

  private found<P>(data: P, source: Source, problem: string | null): P & ISourced {
    this.settle(source);
    return { ...data, source, problem };
  }

  private settle(source: Source): void {
    this.source = source;
    this.parts.store.wantsKernel = source !== 'server';
    this.follow(source === 'server');
  }

  private source: Source = 'server';
}

/** Errors that say nothing about what was asked: somebody else may know the answer. */
function cannotServe(error: unknown): boolean {
  return !(error instanceof RequestError) || !/^(RESOURCE|INVALID|BAD_REQUEST)/.test(error.code);
}
