import { readModels, readModelsPage, readVersionsPage } from '../components/models/bundles';
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
import type { OpenPlayground } from '../components/playground/types';
import { readPreview } from '../components/moves/answers';
import { moveBody, previewBody } from '../components/moves/bodies';
import type { IMove, IMoveChoice, IPreview } from '../components/moves/types';
import { Playgrounds } from './playgroundHost';
import { StoreViewHost } from './storeViewHost';
import type { IStore } from './stores';

const FROM_SERVER = { source: 'server', problem: null } as const;

/** The registry of a store. */
export class ModelsHost extends StoreViewHost<IModelsState, IModelsBundle> implements IModelsHost {
  static bundle({ key }: IStore, state: Partial<IModelsState>): IModelsBundle {
    return readModels({ id: 'page', store: key, storeName: '', savedAt: null }, { state });
  }

  async models(
    search: string,
    order: Order,
    count: number,
    page: string | null
  ): Promise<IModelsPage & ISourced> {
    const found = await this.ask('models', { search, order_by: order, limit: count, page });
    return { ...readModelsPage(found), ...FROM_SERVER };
  }

  async versions(
    name: string,
    search: string,
    count: number,
    page: string | null
  ): Promise<IVersionsPage & ISourced> {
    const found = await this.ask('model_versions', { name, search, limit: count, page });
    return { ...readVersionsPage(found), ...FROM_SERVER };
  }

  async preview(move: IMove): Promise<IPreview> {
    return readPreview(await this.ask('preview_move', previewBody(move)));
  }

  move(move: IMove, choice: IMoveChoice): Promise<void> {
    return this.act('move', moveBody(move, choice));
  }

  async act(action: ActionName | 'move', body: object): Promise<void> {
    await this.store.server.post(`actions/${action}`, body);
    this.reload();
  }

  reload(): void {
    this.state.reload();
  }

  /** The same one again, with what was typed, while this page is there. */
  readonly playground: OpenPlayground = (models, trans) => this.playgrounds.open(models, trans);

  private readonly playgrounds = new Playgrounds(this.store);
}
