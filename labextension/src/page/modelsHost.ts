import { readDetails, readHistory, readLineage, readVersionComparison } from '../components/models/answers';
import { readModels, readModelsPage, readVersionsPage } from '../components/models/bundles';
import type {
  ActionName,
  IHistory,
  ILineage,
  IModelsBundle,
  IModelsHost,
  IModelsPage,
  IModelsState,
  ISourced,
  IVersionComparison,
  IVersionDetails,
  IVersionsPage,
  Order
} from '../components/models/types';
import { readPreview } from '../components/moves/answers';
import { moveBody, previewBody } from '../components/moves/bodies';
import type { IMove, IMoveChoice, IPreview } from '../components/moves/types';
import { PageHost } from './pageHost';

const FROM_SERVER = { source: 'server', problem: null } as const;

/** The registry of the server's store. */
export class ModelsHost extends PageHost<IModelsState, IModelsBundle> implements IModelsHost {
  static bundle(state: Partial<IModelsState>): IModelsBundle {
    return readModels({ id: 'page', store: '', storeName: '', savedAt: null }, { state });
  }

  async models(
    search: string,
    order: Order,
    count: number,
    page: string | null
  ): Promise<IModelsPage & ISourced> {
    const found = await this.view('models', { search, order_by: order, limit: count, page });
    return { ...readModelsPage(found), ...FROM_SERVER };
  }

  async versions(
    name: string,
    search: string,
    count: number,
    page: string | null
  ): Promise<IVersionsPage & ISourced> {
    const found = await this.view('model_versions', { name, search, limit: count, page });
    return { ...readVersionsPage(found), ...FROM_SERVER };
  }

  async version(name: string, version: string): Promise<IVersionDetails> {
    return readDetails(await this.view('model_version', { name, version }));
  }

  async compare(name: string, versions: string[]): Promise<IVersionComparison> {
    return readVersionComparison(await this.view('compare_versions', { name, versions }));
  }

  async history(name: string): Promise<IHistory> {
    return readHistory(await this.view('model_history', { name }));
  }

  async lineage(name: string, version: string): Promise<ILineage> {
    return readLineage(await this.view('lineage', { name, version }));
  }

  async preview(move: IMove): Promise<IPreview> {
    return readPreview(await this.view('preview_move', previewBody(move)));
  }

  move(move: IMove, choice: IMoveChoice): Promise<void> {
    return this.act('move', moveBody(move, choice));
  }

  async act(action: ActionName | 'move', body: object): Promise<void> {
    await this.server.post(`actions/${action}`, body);
    this.reload();
  }

  reload(): void {
    this.state.reload();
  }
}
