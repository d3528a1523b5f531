import { RequestError } from '../components/errors';
import type { IShared, IViewBundle } from '../components/views';
import type { IKernel, ILink } from './places';
import { words } from '../components/translation';
import { Observed } from '../components/Observed';

/** The state that all views of one id in this page share, tied to the kernels of their notebooks. */
export class ViewStore<S extends object> extends Observed {
  constructor(
    private readonly bundle: IViewBundle<S>,
    private readonly readState: (value: unknown) => Partial<S>
  ) {
    super();
    this.shared = { state: bundle.state, alive: false, stamp: 0 };
  }

  /** Whether the server failed to give the data, so that a kernel that comes up should be asked. */
  wantsKernel = false;

  readonly get = (): IShared<S> => this.shared;

  /** Calls with every new state; the answer ends it. */
  onState(listener: (state: S) => void): () => void {
    let { state } = this.shared;
    return this.subscribe(() => {
      if (this.shared.state !== state) {
        state = this.shared.state;
        listener(state);
      }
    });
  }

  /** A change by the user: told to the kernel, now or once it answers. */
  set(part: Partial<S>): void {
    this.change({ state: { ...this.shared.state, ...part } });
    const living = [...this.links.values()].filter(({ link }) => link.isAlive);
    living.forEach(({ link }) => link.send(part));
    if (living.length === 0) {
      this.untold = { ...this.untold, ...part };
    }
  }

  /** A change that the kernel need not know: it comes from elsewhere. */
  show(part: Partial<S>): void {
    this.change({ state: { ...this.shared.state, ...part } });
  }

  reload(): void {
    this.change({ stamp: this.shared.stamp + 1 });
  }

  ask(method: string, params: object, waitMs?: number): Promise<unknown> {
    const living = [...this.links.values()].find(({ link }) => link.isAlive);
    return living
      ? living.link.ask(method, params, waitMs)
      : Promise.reject(new RequestError('NO_KERNEL', words.__('No kernel knows this view.')));
  }

  /** One link for each notebook, however many outputs show the view; the answer lets it go. */
  connect(kernel: IKernel): () => void {
    const held = this.links.get(kernel) ?? { users: 0, link: this.link(kernel) };
    held.users += 1;
    this.links.set(kernel, held);
    return () => {
      held.users -= 1;
      if (held.users === 0) {
        this.links.delete(kernel);
        held.link.dispose();
      }
    };
  }

  private link(kernel: IKernel): ILink {
    const link: ILink = kernel.link(this.bundle.id, {
      state: part => {
        // What was clicked before the kernel answered is newer than what it says.
        const { untold } = this;
        this.untold = {};
        this.change({ state: { ...this.shared.state, ...this.readState(part), ...untold } });
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

  private change(part: Partial<IShared<S>>): void {
    this.shared = { ...this.shared, ...part };
    this.tell();
  }

  private shared: IShared<S>;
  private untold: Partial<S> = {};
  private readonly links = new Map<IKernel, { users: number; link: ILink }>();
}

/** The stores of all views of one kind, each made by the first who asks and forgotten with the last. */
export class ViewStores<S extends object> {
  constructor(private readonly readState: (value: unknown) => Partial<S>) {}

  acquire(bundle: IViewBundle<S>): { store: ViewStore<S>; release(): void } {
    const held = this.held.get(bundle.id) ?? { users: 0, store: new ViewStore(bundle, this.readState) };
    held.users += 1;
    this.held.set(bundle.id, held);
    return {
      store: held.store,
      release: () => {
        held.users -= 1;
        if (held.users === 0) {
          this.held.delete(bundle.id);
        }
      }
    };
  }

  private readonly held = new Map<string, { users: number; store: ViewStore<S> }>();
}
