import type { IShared } from '../components/views';
import { Observed } from '../components/Observed';

/** The state of a view that is one page's alone. */
export class ViewState<S extends object> extends Observed {
  constructor(
    state: S,
    private readonly told: (state: S) => void,
    alive = false
  ) {
    super();
    this.shared = { state, alive, stamp: 0 };
  }

  readonly get = (): IShared<S> => this.shared;

  set(part: Partial<S>): void {
    this.follow(part);
    this.told(this.shared.state);
  }

  /** What comes from the address, which need not be told of it. */
  follow(part: Partial<S>): void {
    this.change({ state: { ...this.shared.state, ...part } });
  }

  reload(): void {
    this.change({ stamp: this.shared.stamp + 1 });
  }

  private change(part: Partial<IShared<S>>): void {
    this.shared = { ...this.shared, ...part };
    this.tell();
  }

  private shared: IShared<S>;
}
