import { readState } from '../components/playground/bundles';
import { Predictions } from '../components/playground/predictions';
import type {
  IForm,
  IPlaygroundBundle,
  IPlaygroundState,
  IServedPlayground,
  ITableRow,
  IValues,
  IWhatIf
} from '../components/playground/types';
import type { ITranslate } from '../components/translation';
import { StoreViewHost } from './storeViewHost';
import type { IStore } from './stores';
import { ViewState } from './viewState';

/** The playgrounds of a page, each with what was typed in it. */
export class Playgrounds {
  constructor(private readonly store: IStore) {}

  async open(models: string[], trans: ITranslate): Promise<PlaygroundHost> {
    const key = models.join('\n');
    const opened = this.opened.get(key) ?? (await PlaygroundHost.open(this.store, models, trans));
    this.opened.set(key, opened);
    return opened;
  }

  private readonly opened = new Map<string, PlaygroundHost>();
}

/** A playground whose models run in a process of the server; no kernel knows it. */
export class PlaygroundHost
  extends StoreViewHost<IPlaygroundState, IPlaygroundBundle>
  implements IServedPlayground
{
  /** The form is there before a model is loaded. */
  static async open(store: IStore, models: string[], trans: ITranslate): Promise<PlaygroundHost> {
    const said = new Predictions((path, body) => store.server.post(path, body), models, trans);
    const { form, state } = await said.open();
    return new PlaygroundHost(store, said, form, { ...readState({}), ...state });
  }

  private constructor(
    store: IStore,
    private readonly said: Predictions,
    form: IForm,
    state: IPlaygroundState
  ) {
    const common = { id: 'page', store: store.key, storeName: '', savedAt: null };
    super({ ...common, form, state }, store, new ViewState(state, () => undefined, true));
  }

  isServed(): boolean {
    return true;
  }

  async load(): Promise<void> {
    const { outcome, table, models } = this.get().state;
    const isNew = outcome === null && table === null; // other pages may have loaded the model already
    if (isNew || models.some(model => model.state !== 'ready')) {
      this.set(await this.said.load());
    }
  }

  async trust(): Promise<void> {
    this.set(await this.said.trust());
  }

  async predict(values: IValues, params: IValues): Promise<void> {
    this.set(await this.said.predict(values, params));
  }

  async sendFile(field: string, file: File): Promise<void> {
    const value = await this.said.sendFile(field, file);
    this.set({ values: { ...this.get().state.values, [field]: value } });
  }

  async sendRows(file: File): Promise<void> {
    this.set(await this.said.sendRows(file, this.get().state.params));
  }

  rows(offset: number, limit: number, differing: boolean): Promise<{ rows: ITableRow[]; total: number }> {
    return this.said.rows(offset, limit, differing);
  }

  whatIf(features: string[], output: string | null): Promise<IWhatIf> {
    return this.said.whatIf(this.get().state, features, output);
  }
}
