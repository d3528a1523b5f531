/** Rows below each other: which span an index is in, where on the page it is, and what is at a pixel. */
import type { Branch } from './branches';
import type { IListedExperiment } from './types';

/** Pixels of a row. */
export interface IHeights {
  experiment: number;
  run: number;
}

/** Rows that follow each other in one branch, or one experiment's own row, or the end of a page. */
interface ISpan {
  first: number;
  top: number;
  count: number;
  level: number;
  experiment: IListedExperiment | null;
  branch: Branch | null;
  /** The place of the first row in the branch. */
  from: number;
}

/** What there is to know of a span but where it comes to lie. */
export type IContent = Partial<Pick<ISpan, 'experiment' | 'branch' | 'from'>>;

export class Spans {
  constructor(private readonly heights: IHeights) {}

  readonly all: ISpan[] = [];

  /** Rows. */
  get length(): number {
    const last = this.all[this.all.length - 1];
    return last === undefined ? 0 : last.first + last.count;
  }

  /** Pixels. */
  get height(): number {
    const last = this.all[this.all.length - 1];
    return last === undefined ? 0 : last.top + last.count * this.heightOf(last);
  }

  /** Below all others. */
  add(count: number, level: number, content: IContent): void {
    if (count > 0) {
      const { length: first, height: top } = this;
      this.all.push({ first, top, count, level, experiment: null, branch: null, from: 0, ...content });
    }
  }

  of(index: number): ISpan | null {
    const span = this.all[upper(this.all, index, one => one.first) - 1];
    return span !== undefined && index < span.first + span.count ? span : null;
  }

  top(index: number): number {
    const span = this.of(index);
    return span === null ? 0 : span.top + (index - span.first) * this.heightOf(span);
  }

  bottom(index: number): number {
    const span = this.of(index);
    return this.top(index) + (span === null ? 0 : this.heightOf(span));
  }

  /** The row that a pixel is in. */
  indexAt(y: number): number {
    const span = this.all[Math.max(0, upper(this.all, y, one => one.top) - 1)];
    return span === undefined
      ? 0
      : span.first + Math.min(span.count - 1, Math.max(0, Math.floor((y - span.top) / this.heightOf(span))));
  }

  /** The row of what a row is in; -1 for experiments. */
  parentOf(index: number): number {
    const level = this.of(index)?.level ?? 1;
    const above = this.all.filter(span => span.first <= index && span.level < level).pop();
    return above === undefined ? -1 : above.first + above.count - 1;
  }

  private heightOf(span: ISpan): number {
    return span.experiment === null ? this.heights.run : this.heights.experiment;
  }
}

/** Where in its branch a row is. */
export function placeIn(span: ISpan, index: number): number {
  return span.from + index - span.first;
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
