import { canPass, said } from '../errors';
import type { IPage } from '../types';
import { Branches, experimentKey, runKey, STRETCH, stretchOf, type Branch } from './branches';
import { placeIn, Spans, type IHeights } from './spans';
import type { IFound, Item } from './treeItems';
import type { IListedExperiment, IListedRun, IRunQuery, IStoreHost } from './types';
import { Observed } from '../Observed';

const RETRY_MS = 3000;
/** The most runs that are chosen at once. */
export const MOST_CHOSEN = 1000;

/**
 * Experiments with their runs, and those with their child runs, of which only what is looked at is
 * read and little of the rest is kept. What is shown stays until the next answer is here, also when
 * that is an error.
 */
export class RunTree extends Observed {
  constructor(
    private readonly host: Pick<IStoreHost, 'experiments' | 'runs'>,
    private readonly query: IRunQuery,
    private heights: IHeights,
    /** What is open; null before anybody opened or closed anything. */
    private opened: ReadonlySet<string> | null
  ) {
    super();
    // Whoever filters wants to see what was found.
    this.isFlat = query.filter !== '' || query.shown !== 'active';
  }

  readonly isFlat: boolean;
  readonly get = (): IFound => this.found;

  /** How its rows lie. */
  get spans(): Spans {
    return (this.laid ??= this.layOut());
  }

  /** The same rows, each higher or lower. */
  lay(heights: IHeights): void {
    if (heights !== this.heights) {
      this.heights = heights;
      this.changed({});
    }
  }

  at(index: number): Item | null {
    const span = this.spans.of(index);
    if (span === null) {
      return null;
    }
    const { level, experiment, branch } = span;
    if (experiment !== null) {
      const key = experimentKey(experiment.id);
      return { kind: 'experiment', key, level, experiment, isOpen: this.isOpen(key) };
    }
    const place = placeIn(span, index);
    const there = branch?.at(place);
    if (!there || !branch) {
      return { kind: 'waiting', key: `w:${index}`, level };
    }
    const key = runKey(there.run.runId);
    return { kind: 'run', key, ...there, isOpen: this.isOpen(key), level, place, of: branch.count };
  }

  /** Of what is here; -1 else. */
  indexOf(key: string): number {
    for (const span of this.spans.all) {
      if (span.experiment !== null && experimentKey(span.experiment.id) === key) {
        return span.first;
      }
      const place = span.branch?.placeOf(key, span.from, span.from + span.count) ?? -1;
      if (place >= 0) {
        return span.first + place - span.from;
      }
    }
    return -1;
  }

  /** All runs from one row to another, read as far as they are not here. */
  async between(from: number, to: number): Promise<IListedRun[]> {
    const last = Math.min(to, from + MOST_CHOSEN - 1);
    const runs: IListedRun[] = [];
    for (let index = from; index <= last; index += 1) {
      const span = this.spans.of(index);
      if (span?.branch && !span.branch.at(placeIn(span, index))) {
        await this.read(span.branch, stretchOf(placeIn(span, index)));
        this.changed({});
      }
      const item = this.at(index);
      if (item?.kind === 'run') {
        runs.push(item.run);
      }
    }
    return runs;
  }

  /** Whether there is no run to be shown. */
  get isBare(): boolean {
    return !this.pages.some(page => page.next !== null || page.items.some(one => one.count > 0));
  }

  /** The runs that are here, by id. */
  runs(): Map<string, IListedRun> {
    return this.branches.runs();
  }

  isOpen(key: string): boolean {
    return this.isFlat ? key.startsWith('e:') && !this.closed.has(key) : this.opened?.has(key) === true;
  }

  /** What is open now, to be remembered. */
  toggle(key: string): ReadonlySet<string> | null {
    if (this.isFlat) {
      this.closed.delete(key) || this.closed.add(key);
    } else {
      const next = new Set(this.opened);
      next.delete(key) || next.add(key);
      this.opened = next;
    }
    this.changed({});
    this.pump();
    return this.opened;
  }

  /** What is in sight; it is read unless it is here. */
  want(from: number, to: number): void {
    this.wanted = [from, to];
    this.pump();
  }

  /** Something has changed: what is in sight is read again, the rest when it comes into sight. */
  refresh(): void {
    this.edition += 1;
    this.retry();
  }

  retry(): void {
    this.isStuck = false;
    this.pump();
  }

  dispose(): void {
    window.clearTimeout(this.timer);
    this.isGone = true;
  }

  private pump(): void {
    if (this.isBusy || this.isStuck || this.isGone) {
      return;
    }
    const work = this.next();
    if (work === null) {
      return;
    }
    this.isBusy = true;
    window.clearTimeout(this.timer);
    work().then(
      () => {
        this.isBusy = false;
        this.changed({ isThere: true, problem: null, isRetrying: false });
        this.pump();
      },
      (error: unknown) => {
        this.isBusy = false;
        this.isStuck = true;
        const isRetrying = canPass(error);
        this.changed({ problem: said(error), isRetrying });
        if (isRetrying && !this.isGone) {
          this.timer = window.setTimeout(() => this.retry(), RETRY_MS);
        }
      }
    );
  }

  /** What is to be read before all else. */
  private next(): (() => Promise<void>) | null {
    const page = this.pages.length === 0 ? 0 : this.oldPage();
    if (page >= 0) {
      return () => this.readPage(page);
    }
    for (let index = this.wanted[0]; index < this.wanted[1]; index += 1) {
      const span = this.spans.of(index);
      if (span === null || span.experiment !== null) {
        continue;
      }
      const { branch } = span;
      if (branch === null) {
        return () => this.readPage(this.pages.length);
      }
      const number = stretchOf(placeIn(span, index));
      const stretch = branch.stretches.get(number);
      if (stretch?.edition !== this.edition) {
        return () => this.read(branch, number);
      }
      this.branches.use(stretch);
    }
    return null;
  }

  /** A page that is in sight and was read before something changed; -1 where there is none. */
  private oldPage(): number {
    const seen = new Set<string>();
    for (let index = this.wanted[0]; index < this.wanted[1]; index += 1) {
      seen.add(this.spans.of(index)?.experiment?.id ?? '');
    }
    // Where nothing was found there is no row, and something may be found now.
    const isSeen = (items: IListedExperiment[]): boolean =>
      this.isFlat || items.length === 0 || items.some(({ id }) => seen.has(id));
    return this.pages.findIndex(({ edition, items }) => edition !== this.edition && isSeen(items));
  }

  private async readPage(number: number): Promise<void> {
    const { edition } = this;
    const token = number === 0 ? null : (this.pages[number - 1]?.next ?? null);
    const page = await this.host.experiments(this.query, token);
    this.pages[number] = { ...page, edition };
    if (page.next === null) {
      this.pages.length = number + 1;
    }
    const first = this.pages[0]?.items.find(one => one.count > 0);
    if (this.opened === null && first !== undefined) {
      this.opened = new Set([experimentKey(first.id)]);
    }
  }

  private async read(branch: Branch, number: number): Promise<void> {
    const { edition } = this;
    const part = await this.host.runs(this.query, branch.owner, number * STRETCH, STRETCH);
    this.branches.put(branch, number, part, edition);
  }

  private layOut(): Spans {
    const spans = new Spans(this.heights);
    // Where pages are of different times, one that moved down is on both.
    const known = new Map(this.pages.flatMap(page => page.items).map(one => [one.id, one]));
    const shown = [...known.values()].filter(one => !this.isFlat || one.count > 0);
    for (const experiment of shown) {
      spans.add(1, 1, { experiment });
      if (this.isOpen(experimentKey(experiment.id)) && experiment.count > 0) {
        this.grow(spans, this.branches.of({ experiment: experiment.id, parent: null }), 2);
      }
    }
    if (this.pages[this.pages.length - 1]?.next != null) {
      spans.add(1, 1, {});
    }
    return spans;
  }

  /** A branch, cut where one of its runs is open. */
  private grow(spans: Spans, branch: Branch, level: number): void {
    let from = 0;
    for (const [place, run] of branch.runs()) {
      if (run.children > 0 && this.isOpen(runKey(run.runId))) {
        spans.add(place + 1 - from, level, { branch, from });
        this.grow(spans, this.branches.of({ experiment: null, parent: run.runId }), level + 1);
        from = place + 1;
      }
    }
    spans.add(branch.count - from, level, { branch, from });
  }

  private changed(part: Partial<IFound>): void {
    this.laid = null;
    this.found = { ...this.found, ...part, version: this.found.version + 1 };
    this.tell();
  }

  private found: IFound = { version: 0, isThere: false, problem: null, isRetrying: false };
  private pages: (IPage<IListedExperiment> & { edition: number })[] = [];
  private laid: Spans | null = null;
  private wanted: [number, number] = [0, 0];
  private edition = 0;
  private isBusy = false;
  /** The last answer was an error: nothing is asked before there is a reason to. */
  private isStuck = false;
  private isGone = false;
  private timer = 0;
  private readonly closed = new Set<string>();
  private readonly branches = new Branches();
}
