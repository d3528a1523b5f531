import { RequestError, said } from '../errors';
import type { IPage } from '../types';
import type { IListedExperiment, IListedRun, IOwner, IRunQuery, IRunStretch } from './types';

/** Runs of one request. */
const STRETCH = 50;
/** The most requests whose answers are kept: 2,000 runs. */
const MOST = 40;
const RETRY_MS = 3000;
/** The most runs that are chosen at once. */
export const MOST_CHOSEN = 1000;

export type Item =
  | { kind: 'experiment'; key: string; level: number; experiment: IListedExperiment; isOpen: boolean }
  | {
      kind: 'run';
      key: string;
      run: IListedRun;
      isOpen: boolean;
      level: number;
      place: number;
      of: number;
      main: string | null;
    }
  | { kind: 'waiting'; key: string; level: number };

export interface IFound {
  /** Moves with every change. */
  version: number;
  /** Whether the first answer has come. */
  isThere: boolean;
  problem: string | null;
  /** It is asked again without anybody's doing. */
  isRetrying: boolean;
}

export interface ITreeHost {
  experiments(query: IRunQuery, page: string | null): Promise<IPage<IListedExperiment>>;
  runs(query: IRunQuery, owner: IOwner, offset: number, count: number): Promise<IRunStretch>;
}

export interface IHeights {
  experiment: number;
  run: number;
}

interface IStretch extends IRunStretch {
  edition: number;
  used: number;
}

/** The runs of an experiment, or below a run, of which those that were in sight are here. */
class Branch {
  constructor(readonly owner: IOwner) {}
  total: number | null = null;
  readonly stretches = new Map<number, IStretch>();

  get count(): number {
    return this.total ?? 1;
  }

  at(place: number): { run: IListedRun; main: string | null } | null {
    const stretch = this.stretches.get(Math.floor(place / STRETCH));
    const run = stretch?.runs[place % STRETCH];
    return stretch && run ? { run, main: stretch.main } : null;
  }
}

/** Rows that follow each other in one branch, or one experiment's own row, or the end of a page. */
interface ISpan {
  first: number;
  top: number;
  count: number;
  experiment: IListedExperiment | null;
  branch: Branch | null;
  from: number;
  level: number;
}

export const experimentKey = (id: string): string => `e:${id}`;
export const runKey = (runId: string): string => `r:${runId}`;

/**
 * Experiments with their runs, and those with their child runs, of which only what is looked at is
 * read and little of the rest is kept. What is shown stays until the next answer is here, also when
 * that is an error.
 */
export class RunTree {
  constructor(
    private readonly host: ITreeHost,
    private readonly query: IRunQuery,
    private readonly heights: IHeights,
    /** What is open; null before anybody opened or closed anything. */
    private opened: ReadonlySet<string> | null
  ) {
    // Whoever filters wants to see what was found.
    this.isFlat = query.filter !== '' || query.shown !== 'active';
  }

  readonly isFlat: boolean;
  readonly get = (): IFound => this.found;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Rows. */
  get length(): number {
    const last = this.layout()[this.layout().length - 1];
    return last === undefined ? 0 : last.first + last.count;
  }

  /** Pixels. */
  get height(): number {
    const last = this.layout()[this.layout().length - 1];
    return last === undefined ? 0 : last.top + last.count * this.heightOf(last);
  }

  top(index: number): number {
    const span = this.spanOf(index);
    return span === null ? 0 : span.top + (index - span.first) * this.heightOf(span);
  }

  bottom(index: number): number {
    const span = this.spanOf(index);
    return this.top(index) + (span === null ? 0 : this.heightOf(span));
  }

  /** The row that a pixel is in. */
  indexAt(y: number): number {
    const spans = this.layout();
    const span = spans[Math.max(0, upper(spans, y, one => one.top) - 1)];
    return span === undefined
      ? 0
      : span.first + Math.min(span.count - 1, Math.max(0, Math.floor((y - span.top) / this.heightOf(span))));
  }

  at(index: number): Item | null {
    const span = this.spanOf(index);
    if (span === null) {
      return null;
    }
    if (span.experiment !== null) {
      const key = experimentKey(span.experiment.id);
      const { level, experiment } = span;
      return { kind: 'experiment', key, level, experiment, isOpen: this.isOpen(key) };
    }
    const place = span.from + index - span.first;
    const there = span.branch?.at(place);
    if (!there || !span.branch) {
      return { kind: 'waiting', key: `w:${index}`, level: span.level };
    }
    const key = runKey(there.run.runId);
    return {
      kind: 'run',
      key,
      ...there,
      isOpen: this.isOpen(key),
      level: span.level,
      place,
      of: span.branch.count
    };
  }

  /** Of what is here; -1 else. */
  indexOf(key: string): number {
    for (const span of this.layout()) {
      if (span.experiment !== null && experimentKey(span.experiment.id) === key) {
        return span.first;
      }
      for (const [number, { runs }] of span.branch?.stretches ?? []) {
        const place = number * STRETCH + runs.findIndex(run => runKey(run.runId) === key);
        const isIn = place >= Math.max(number * STRETCH, span.from) && place < span.from + span.count;
        if (isIn) {
          return span.first + place - span.from;
        }
      }
    }
    return -1;
  }

  /** The row of what a row is in; -1 for experiments. */
  parentOf(index: number): number {
    const level = this.spanOf(index)?.level ?? 1;
    let above = this.layout().length - 1;
    for (; above >= 0; above -= 1) {
      const span = this.layout()[above];
      if (span !== undefined && span.first <= index && span.level < level) {
        return span.first + span.count - 1;
      }
    }
    return -1;
  }

  /** All runs from one row to another, read as far as they are not here. */
  async between(from: number, to: number): Promise<IListedRun[]> {
    const last = Math.min(to, from + MOST_CHOSEN - 1);
    const runs: IListedRun[] = [];
    for (let index = from; index <= last; index += 1) {
      const span = this.spanOf(index);
      if (span?.branch && !span.branch.at(span.from + index - span.first)) {
        await this.read(span.branch, Math.floor((span.from + index - span.first) / STRETCH));
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
    const stretches = [...this.branches.values()].flatMap(branch => [...branch.stretches.values()]);
    return new Map(stretches.flatMap(({ runs }) => runs.map(run => [run.runId, run] as const)));
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
    const page = this.pages.findIndex(one => one.edition !== this.edition);
    if (page >= 0 || this.pages.length === 0) {
      return () => this.readPage(Math.max(0, page));
    }
    for (let index = this.wanted[0]; index < this.wanted[1]; index += 1) {
      const span = this.spanOf(index);
      if (span === null || span.experiment !== null) {
        continue;
      }
      const { branch } = span;
      if (branch === null) {
        return () => this.readPage(this.pages.length);
      }
      const number = Math.floor((span.from + index - span.first) / STRETCH);
      const stretch = branch.stretches.get(number);
      if (stretch?.edition !== this.edition) {
        return () => this.read(branch, number);
      }
      stretch.used = ++this.clock;
    }
    return null;
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
    branch.total = part.total;
    branch.stretches.set(number, { ...part, edition, used: ++this.clock });
    branch.stretches.forEach((_, one) => one * STRETCH >= part.total && branch.stretches.delete(one));
    this.forget();
  }

  /** What was in sight longest ago. */
  private forget(): void {
    const kept = [...this.branches.values()].flatMap(branch =>
      [...branch.stretches].map(([number, { used }]) => ({ branch, number, used }))
    );
    kept
      .sort((a, b) => b.used - a.used)
      .slice(MOST)
      .forEach(({ branch, number }) => branch.stretches.delete(number));
  }

  private heightOf(span: ISpan): number {
    return span.experiment === null ? this.heights.run : this.heights.experiment;
  }

  private spanOf(index: number): ISpan | null {
    const spans = this.layout();
    const span = spans[upper(spans, index, one => one.first) - 1];
    return span !== undefined && index < span.first + span.count ? span : null;
  }

  private layout(): ISpan[] {
    if (this.spans === null) {
      this.spans = [];
      const shown = this.pages.flatMap(page => page.items).filter(one => !this.isFlat || one.count > 0);
      for (const experiment of shown) {
        this.add(1, 1, { experiment });
        if (this.isOpen(experimentKey(experiment.id)) && experiment.count > 0) {
          this.grow(this.branch({ experiment: experiment.id, parent: null }), 2);
        }
      }
      if (this.pages[this.pages.length - 1]?.next != null) {
        this.add(1, 1, {});
      }
    }
    return this.spans;
  }

  /** A branch, cut where one of its runs is open. */
  private grow(branch: Branch, level: number): void {
    let from = 0;
    for (const number of [...branch.stretches.keys()].sort((a, b) => a - b)) {
      for (const [place, run] of branch.stretches.get(number)?.runs.entries() ?? []) {
        if (run.children > 0 && this.isOpen(runKey(run.runId))) {
          const next = number * STRETCH + place + 1;
          this.add(next - from, level, { branch, from });
          this.grow(this.branch({ experiment: null, parent: run.runId }), level + 1);
          from = next;
        }
      }
    }
    this.add(branch.count - from, level, { branch, from });
  }

  private add(count: number, level: number, what: Partial<ISpan>): void {
    const spans = (this.spans ??= []);
    const last = spans[spans.length - 1];
    if (count > 0) {
      spans.push({
        first: last === undefined ? 0 : last.first + last.count,
        top: last === undefined ? 0 : last.top + last.count * this.heightOf(last),
        count,
        level,
        experiment: null,
        branch: null,
        from: 0,
        ...what
      });
    }
  }

  private branch(owner: IOwner): Branch {
    const key = owner.parent === null ? experimentKey(owner.experiment ?? '') : runKey(owner.parent);
    const branch = this.branches.get(key) ?? new Branch(owner);
    this.branches.set(key, branch);
    return branch;
  }

  private changed(part: Partial<IFound>): void {
    this.spans = null;
    this.found = { ...this.found, ...part, version: this.found.version + 1 };
    this.listeners.forEach(listener => listener());
  }

  private found: IFound = { version: 0, isThere: false, problem: null, isRetrying: false };
  private pages: (IPage<IListedExperiment> & { edition: number })[] = [];
  private spans: ISpan[] | null = null;
  private wanted: [number, number] = [0, 0];
  private edition = 0;
  private clock = 0;
  private isBusy = false;
  /** The last answer was an error: nothing is asked before there is a reason to. */
  private isStuck = false;
  private isGone = false;
  private timer = 0;
  private readonly closed = new Set<string>();
  private readonly branches = new Map<string, Branch>();
  private readonly listeners = new Set<() => void>();
}

/** How many of them begin at or before a value. */
function upper(spans: readonly ISpan[], value: number, of: (span: ISpan) => number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    [low, high] = span !== undefined && of(span) <= value ? [middle + 1, high] : [low, middle];
  }
  return low;
}

/** A filter that can not be read stays so; what is away or locked comes back. */
function canPass(error: unknown): boolean {
  return !(error instanceof RequestError) || error.code !== 'INVALID_PARAMETER_VALUE';
}
