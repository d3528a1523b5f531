import { base64, rowsOf } from '../components/playground/files';
import { readRows, readWhatIf } from '../components/playground/bundles';
import { Predictions } from '../components/playground/predictions';
import type {
  IPlaygroundBundle,
  IPlaygroundHost,
  IPlaygroundState,
  ITableRow,
  IValues,
  IWhatIf
} from '../components/playground/types';
import type { IShared } from '../components/views';
import type { IParts } from './viewHost';
import { ViewHost } from './viewHost';

/** Models may take their time; a kernel that goes away ends the wait. */
const PATIENCE_MS = 600_000;

/** A playground asks its kernel, where the models are; without one a server's process can have them. */
export class PlaygroundHost extends ViewHost<IPlaygroundState, IPlaygroundBundle> implements IPlaygroundHost {
  constructor(bundle: IPlaygroundBundle, parts: IParts<IPlaygroundState>) {
    super(bundle, parts);
    const uris = bundle.state.models.map(model => model.uri);
    if (uris.length > 0 && uris.every(uri => /^(models|runs):\//.test(uri))) {
      this.serve = () => this.begin(uris);
    }
  }

  readonly serve?: () => Promise<void>;

  /** While a server's process answers, the view is as alive as with a kernel. */
  override readonly get = (): IShared<IPlaygroundState> => {
    const now = this.parts.store.get();
    if (now.alive || this.served === null) {
      return now;
    }
    if (this.told?.from !== now) {
      this.told = { from: now, shared: { ...now, alive: true } };
    }
    return this.told.shared;
  };

  isServed(): boolean {
    return this.source !== null;
  }

  async predict(values: IValues, params: IValues): Promise<void> {
    await (this.source === null
      ? this.asked('predict', { values, params })
      : this.show(this.source.predict(values, params)));
  }

  async trust(): Promise<void> {
    await (this.source === null ? this.asked('trust', {}) : this.show(this.source.trust()));
  }

  async sendFile(field: string, file: File): Promise<void> {
    const { trans, store } = this.parts;
    if (this.source === null) {
      await this.asked('file', { field, name: file.name, data: await base64(file, trans) });
    } else {
      const value = await this.source.sendFile(field, file);
      store.show({ values: { ...store.get().state.values, [field]: value } });
    }
  }

  async sendRows(file: File): Promise<void> {
    await (this.source === null
      ? this.asked('rows', { name: file.name, ...(await rowsOf(file, this.parts.trans)) })
      : this.show(this.source.sendRows(file, this.get().state.params)));
  }

  async rows(
    offset: number,
    limit: number,
    differing: boolean
  ): Promise<{ rows: ITableRow[]; total: number }> {
    return this.source === null
      ? readRows(await this.asked('compare', { offset, limit, differing }))
      : this.source.rows(offset, limit, differing);
  }

  async whatIf(features: string[], output: string | null): Promise<IWhatIf> {
    return this.source === null
      ? readWhatIf(await this.asked('what_if', { features, output }))
      : this.source.whatIf(this.get().state, features, output);
  }

  private async begin(uris: string[]): Promise<void> {
    const { server, trans } = this.parts;
    const store = this.bundle.store;
    const said = new Predictions((path, body) => server.post(path, { store }, body), uris, trans);
    const loaded = await said.load();
    this.served = said;
    // The row that is shown stays; the form of the example is not what the user had.
    this.parts.store.show({ models: loaded.models ?? [] });
  }

  private async show(answer: Promise<Partial<IPlaygroundState>>): Promise<void> {
    this.parts.store.show(await answer);
  }

  private asked(method: string, body: object): Promise<unknown> {
    return this.fromKernel(method, body, PATIENCE_MS);
  }

  /** The server's process while it is what answers. */
  private get source(): Predictions | null {
    return this.parts.store.get().alive ? null : this.served;
  }

  private served: Predictions | null = null;
  private told: { from: IShared<IPlaygroundState>; shared: IShared<IPlaygroundState> } | null = null;
}
