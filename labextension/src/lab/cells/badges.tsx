import type { NotebookPanel } from '@jupyterlab/notebook';
import { createPortal } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { CellBadge } from '../../components/cells/CellBadge';
import { NO_RUNS, readCellRuns } from '../../components/cells/answers';
import { latestRun } from '../../components/cells/states';
import type { ICellRuns } from '../../components/cells/types';
import { Translation } from '../../components/translation';
import { CellCode } from './code';
import type { ICellServices } from './services';
import { lastCard, trackedCells, type ITrackedCell } from './trackedCells';

const WAIT_MS = 150;
const TRACKED = 'jp-mlops-tracked';

/** The badges of one notebook: one question to the store for all cells that are seen, one React root for all badges. */
export class NotebookBadges {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly services: ICellServices
  ) {
    const { content } = panel;
    content.modelContentChanged.connect(this.later, this);
    content.cellInViewportChanged.connect(this.later, this);
    content.modelChanged.connect(this.later, this);
    panel.disposed.connect(this.dispose, this);
    void panel.context.ready.then(() => this.later());
  }

  /** Opens what the badge of a cell opens. */
  press(id: string): boolean {
    const button = this.holders.get(id)?.querySelector('button') ?? null;
    button?.click();
    return button !== null;
  }

  /** A moment later, once for all that changes meanwhile: outputs come many times a second. */
  private later(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.update();
    }, WAIT_MS);
  }

  private update(): void {
    if (this.isOver) {
      return;
    }
    const cells = trackedCells(this.panel.content);
    this.follow(cells.length > 0 ? (lastCard(this.panel.content)?.store ?? '') : null);
    // A new run is asked for as soon as its output tells of it, and once more when it has ended.
    const asked = cells.map(({ id, card }) => [id, card?.runId, card?.status].join()).join(';');
    if (asked !== this.asked) {
      this.asked = asked;
      void this.ask(cells);
    }
    this.draw(cells);
  }

  private follow(store: string | null): void {
    if (store !== this.store) {
      this.unwatch();
      this.store = store;
      this.runs = new Map();
      this.asked = '';
      this.unwatch =
        store === null
          ? () => undefined
          : this.services.changes.watch(
              store,
              () => this.panel.isVisible,
              () => void this.ask()
            );
    }
  }

  private async ask(cells = trackedCells(this.panel.content)): Promise<void> {
    const { store } = this;
    if (store === null || cells.length === 0) {
      return;
    }
    const turn = ++this.turn;
    try {
      const found = await this.services.server.post(
        'views/cell_runs',
        { store },
        { cells: cells.map(cell => cell.id) }
      );
      if (turn === this.turn && !this.isOver) {
        this.runs = readCellRuns(found);
        this.draw(trackedCells(this.panel.content));
      }
    } catch {
      // Without the server the cells' own outputs say how their runs stand; it is asked again at the next change.
      this.asked = '';
    }
  }

  private draw(cells: ITrackedCell[]): void {
    const { localPath } = this.panel.context;
    const former = new Map(this.holders);
    const badges = cells.map(cell => {
      former.delete(cell.id);
      const runs: ICellRuns = this.runs.get(cell.id) ?? NO_RUNS;
      const badge = (
        <CellBadge
          runs={runs}
          latest={latestRun(runs, cell.card, localPath)}
          source={cell.source}
          path={localPath}
          actions={this.code.actions(cell, this.store ?? '')}
        />
      );
      return createPortal(badge, this.holder(cell), cell.id);
    });
    this.root.render(<Translation.Provider value={this.services.trans}>{badges}</Translation.Provider>);
    former.forEach((holder, id) => this.remove(holder, id));
  }

  private holder({ id, widget, source }: ITrackedCell): HTMLElement {
    const { node } = widget.inputArea!;
    const known = this.holders.get(id);
    const holder = known ?? document.createElement('div');
    holder.className = 'jp-mlops-view jp-mlops-cell-badge';
    holder.dataset.lines = source.trimEnd().includes('\n') ? 'many' : 'one';
    if (holder.parentElement !== node) {
      holder.parentElement?.classList.remove(TRACKED);
      node.classList.add(TRACKED);
      node.append(holder);
      this.holders.set(id, holder);
    }
    return holder;
  }

  private remove(holder: HTMLElement, id: string): void {
    holder.parentElement?.classList.remove(TRACKED);
    holder.remove();
    this.holders.delete(id);
  }

  private dispose(): void {
    this.isOver = true;
    this.unwatch();
    window.clearTimeout(this.timer ?? 0);
    this.holders.clear();
    // React refuses to unmount while it renders.
    window.setTimeout(() => this.root.unmount(), 0);
  }

  private readonly holders = new Map<string, HTMLElement>();
  private readonly root = createRoot(document.createElement('div'));
  private readonly code = new CellCode(this.panel, this.services);
  private runs = new Map<string, ICellRuns>();
  private unwatch = (): void => undefined;
  private store: string | null = null;
  private asked = '';
  private timer: number | null = null;
  private turn = 0;
  private isOver = false;
}
