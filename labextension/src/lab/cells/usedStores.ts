import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import { storeOf } from '../activeNotebook';
import { PageWidget } from '../pages/PageWidget';
import type { Activities } from './activities';

const WAIT_MS = 1000;

/** What goes on in the server's own store, and in each that a notebook or a page uses that is open. */
export class UsedStores {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly own: string,
    private readonly make: (store: string) => Activities
  ) {
    tracker.forEach(panel => this.follow(panel));
    tracker.widgetAdded.connect((_, panel) => this.follow(panel));
    app.shell.currentChanged?.connect(this.later, this);
    this.look();
  }

  get running(): number {
    return [...this.activities.values()].reduce((sum, one) => sum + one.last.running, 0);
  }

  get told(): ISignal<this, void> {
    return this.signal;
  }

  private follow(panel: NotebookPanel): void {
    panel.content.modelContentChanged.connect(this.later, this);
    this.later();
  }

  private later(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.look();
    }, WAIT_MS);
  }

  private look(): void {
    const used = new Set([this.own]);
    this.tracker.forEach(panel => used.add(storeOf(panel) ?? this.own));
    for (const one of this.app.shell.widgets('main')) {
      used.add(one instanceof PageWidget ? one.store || this.own : this.own);
    }
    for (const [store, activities] of this.activities) {
      if (!used.has(store)) {
        activities.dispose();
        this.activities.delete(store);
      }
    }
    for (const store of used) {
      if (!this.activities.has(store)) {
        const activities = this.make(store);
        activities.told.connect(() => this.signal.emit());
        this.activities.set(store, activities);
      }
    }
  }

  private readonly activities = new Map<string, Activities>();
  private readonly signal = new Signal<this, void>(this);
  private timer: number | null = null;
}
