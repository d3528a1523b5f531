/** The runs that have been read, by what they are below; little of what is out of sight is kept. */
import type { IListedRun, IOwner, IRunStretch } from './types';

/** Runs of one request. */
export const STRETCH = 50;
/** The most requests whose answers are kept: 2,000 runs. */
const MOST = 40;

export interface IStretch extends IRunStretch {
  edition: number;
  used: number;
}

export const experimentKey = (id: string): string => `e:${id}`;
export const runKey = (runId: string): string => `r:${runId}`;

/** In which stretch a place is. */
export const stretchOf = (place: number): number => Math.floor(place / STRETCH);

/** The runs of an experiment, or below a run, of which those that were in sight are here. */
export class Branch {
  constructor(readonly owner: IOwner) {}
  total: number | null = null;
  readonly stretches = new Map<number, IStretch>();

  get count(): number {
    return this.total ?? 1;
  }

  at(place: number): { run: IListedRun; main: string | null } | null {
    const stretch = this.stretches.get(stretchOf(place));
    const run = stretch?.runs[place % STRETCH];
    return stretch && run ? { run, main: stretch.main } : null;
  }

  /** The runs that are here with their places, in order. */
  *runs(): IterableIterator<[number, IListedRun]> {
    for (const [number, { runs }] of [...this.stretches].sort(([a], [b]) => a - b)) {
      for (const [index, run] of runs.entries()) {
        yield [number * STRETCH + index, run];
      }
    }
  }

  /** Of the runs that are here, from one place to before another; -1 else. */
  placeOf(key: string, from: number, to: number): number {
    for (const [place, run] of this.runs()) {
      if (place >= from && place < to && runKey(run.runId) === key) {
        return place;
      }
    }
    return -1;
  }
}

export class Branches {
  of(owner: IOwner): Branch {
    const key = owner.parent === null ? experimentKey(owner.experiment ?? '') : runKey(owner.parent);
    const branch = this.branches.get(key) ?? new Branch(owner);
    this.branches.set(key, branch);
    return branch;
  }

  put(branch: Branch, number: number, part: IRunStretch, edition: number): void {
    branch.total = part.total;
    branch.stretches.set(number, { ...part, edition, used: ++this.clock });
    branch.stretches.forEach((_, one) => one * STRETCH >= part.total && branch.stretches.delete(one));
    this.forget();
  }

  /** It is looked at, so it is kept longer. */
  use(stretch: IStretch): void {
    stretch.used = ++this.clock;
  }

  /** The runs that are here, by id. */
  runs(): Map<string, IListedRun> {
    const stretches = [...this.branches.values()].flatMap(branch => [...branch.stretches.values()]);
    return new Map(stretches.flatMap(({ runs }) => runs.map(run => [run.runId, run] as const)));
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

  private clock = 0;
  private readonly branches = new Map<string, Branch>();
}
