import { readServedState } from '../components/served/bundles';
import { copyText } from '../components/clipboard';
import type { IServedBundle, IServedHost, IServedState } from '../components/served/types';
import { ViewHost, type IParts } from './viewHost';

/** To end, a server waits some seconds for what it answers. */
const PATIENCE_MS = 30_000;

/** The kernel that serves a model knows how it is doing; nobody else does. */
export class ServedHost extends ViewHost<IServedState, IServedBundle> implements IServedHost {
  constructor(bundle: IServedBundle, parts: IParts<IServedState>) {
    super(bundle, parts);
    const { modelHref } = parts;
    if (modelHref !== undefined) {
      this.modelHref = (name, version) => modelHref(bundle.store, name, version);
    }
  }

  readonly modelHref?: (name: string, version: string) => string;

  look(): Promise<void> {
    return this.asked('look');
  }

  stop(): Promise<void> {
    return this.asked('stop');
  }

  start(): Promise<void> {
    return this.asked('start');
  }

  copy(text: string): Promise<void> {
    return copyText(text);
  }

  private async asked(method: string): Promise<void> {
    this.parts.store.show(readServedState(await this.fromKernel(method, {}, PATIENCE_MS)));
  }
}
