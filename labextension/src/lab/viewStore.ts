import type { ISessionContext } from '@jupyterlab/apputils';
import { readPartialState } from '../components/bundles';
import type { ICompareBundle, ICompareState, IShared } from '../components/types';
import { KernelLink } from './kernelLink';
import { RequestError } from './request';

/** The state that all views of one id in this page share, tied to the kernels of their notebooks. */
export class ViewStore {
  constructor(private readonly bundle: ICompareBundle) {
    this.shared = { state: bundle.state, alive: false, stamp: 0 };
  }

  /** Whether the server failed to give the data, so that a kernel that comes up should be asked. */
  wantsKernel = false;

  readonly get = (): IShared => this.shared;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A change by the user: told to the kernel, now or once it answers. */
  set(part: Partial<ICompareState>): void {
    this.change({ state: { ...this.shared.state, ...part } });
    const living = [...this.links.values()].filter(({ link }) => link.isAlive);
    living.forEach(({ link }) => link.send(part));
    if (living.length === 0) {
      this.untold = { ...this.untold, ...part };
    }
  }

  reload(): void {
    this.change({ stamp: this.shared.stamp + 1 });
  }

  ask(method: string, params: object): Promise<unknown> {
    const living = [...this.links.values()].find(({ link }) => link.isAlive);
    return living
      ? living.link.ask(method, params)
      : Promise.reject(new RequestError('NO_KERNEL', 'No kernel knows this view.'));
  }

  /** One link for each notebook, however many outputs show the view; the answer lets it go. */
  connect(session: ISessionContext): () => void {
    const held = this.links.get(session) ?? { users: 0, link: this.link(session) };
    held.users += 1;
    this.links.set(session, held);
    return () => {
      held.users -= 1;
      if (held.users === 0) {
        this.links.delete(session);
        held.link.dispose();
      }
    };
  }

  private link(session: ISessionContext): KernelLink {
    const link: KernelLink = new KernelLink(session, this.bundle.id, {
      state: part => {
        // What was clicked before the kernel answered is newer than what it says.
        const { untold } = this;
        this.untold = {};
        this.change({ state: { ...this.shared.state, ...readPartialState(part), ...untold } });
        if (Object.keys(untold).length > 0) {
          link.send(untold);
        }
      },
      alive: () => {
        const alive = [...this.links.values()].some(({ link }) => link.isAlive);
        const again = alive && !this.shared.alive && this.wantsKernel;
        this.change({ alive, stamp: this.shared.stamp + (again ? 1 : 0) });
      }
    });
    return link;
  }

  private change(part: Partial<IShared>): void {
    this.shared = { ...this.shared, ...part };
    this.listeners.forEach(listener => listener());
  }

  private shared: IShared;
  private untold: Partial<ICompareState> = {};
  private readonly listeners = new Set<() => void>();
  private readonly links = new Map<ISessionContext, { users: number; link: KernelLink }>();
}

const stores = new Map<string, { users: number; store: ViewStore }>();

/** The store of a view, made by the first who asks and forgotten with the last. */
export function acquireStore(bundle: ICompareBundle): { store: ViewStore; release(): void } {
  const held = stores.get(bundle.id) ?? { users: 0, store: new ViewStore(bundle) };
  held.users += 1;
  stores.set(bundle.id, held);
  return {
    store: held.store,
    release: () => {
      held.users -= 1;
      if (held.users === 0) {
        stores.delete(bundle.id);
      }
    }
  };
}
