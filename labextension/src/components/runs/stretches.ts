import { said } from '../errors';
import { isSystem } from '../keys';
import type { IColumn, IRow } from '../types';
import type { IRunsPart } from './types';
import { Observed } from '../Observed';

/** Runs of one request. */
const STRETCH = 100;
/** The most requests whose answers are kept: 10,000 rows. */
const MOST = 100;

export interface IFound {
  /** Null before the first answer. */
  total: number | null;
  /** Of all rows that were read so far. */
  columns: IColumn[];
  problem: string | null;
  busy: boolean;
}

interface IStretch extends IRunsPart {
  edition: number;
  /** The rows with a value for each column of all; made when they are first shown. */
  shown: IRow[] | null;
}

/**
 * A list of any length of which only what is looked at is read. What is shown stays until the next
 * answer is here, also when that is an error.
 */
export class Stretches extends Observed {
  constructor(private readonly fetch: (offset: number, count: number) => Promise<IRunsPart>) {
    super();
  }

  readonly get = (): IFound => this.found;

  row(index: number): IRow | undefined {
    const stretch = this.stretches.get(Math.floor(index / STRETCH));
    if (stretch === undefined) {
      return undefined;
    }
    stretch.shown ??= this.aligned(stretch);
    return stretch.shown[index % STRETCH];
  }

  /** All rows that are here. */
  rows(): IRow[] {
    return [...this.stretches.values()].flatMap(stretch => (stretch.shown ??= this.aligned(stretch)));
  }

  /** What is in sight; it is read unless it is here. */
  want(from: number, to: number): void {
    this.wanted = [Math.floor(from / STRETCH), Math.floor(Math.max(from, to - 1) / STRETCH)];
    this.pump();
  }

  /** Something has changed: what is in sight is read again, the rest when it comes into sight. */
  refresh(): void {
    this.edition += 1;
    this.pump();
  }

  private pump(): void {
    const [first, last] = this.wanted;
    for (let number = first; number <= last && !this.found.busy; number += 1) {
      const isThere = this.found.total === null || number === 0 || number * STRETCH < this.found.total;
      if (isThere && this.stretches.get(number)?.edition !== this.edition) {
        void this.read(number);
      }
    }
  }

  private async read(number: number): Promise<void> {
    const { edition } = this;
    this.change({ busy: true });
    try {
      const part = await this.fetch(number * STRETCH, STRETCH);
      this.stretches.set(number, { ...part, edition, shown: null });
      this.forget(part.total);
      this.change({
        total: part.total,
        columns: this.united(part.columns),
        problem: null,
        busy: false
      });
      this.pump();
    } catch (error) {
      this.change({ problem: said(error), busy: false });
    }
  }

  /** The columns of all, metrics before params and those of the machine last; the same object while none is new. */
  private united(more: IColumn[]): IColumn[] {
    const known = new Map(this.found.columns.map(column => [column.id, column]));
    const isNew = more.filter(({ id, kind }) => {
      const old = known.get(id);
      return old === undefined || (old.kind !== kind && old.kind === 'number');
    });
    if (isNew.length === 0) {
      return this.found.columns;
    }
    isNew.forEach(column => known.set(column.id, { ...column, differs: true }));
    this.stretches.forEach(stretch => (stretch.shown = null));
    return [...known.values()].sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label));
  }

  private aligned({ columns, rows }: IStretch): IRow[] {
    const places = new Map(columns.map((column, place) => [column.id, place]));
    const order = this.found.columns.map(column => places.get(column.id) ?? -1);
    return rows.map(row => ({ ...row, values: order.map(place => row.values[place] ?? null) }));
  }

  /** What is far from sight, and what is beyond the end. */
  private forget(total: number): void {
    const [first] = this.wanted;
    const byDistance = [...this.stretches.keys()].sort((a, b) => Math.abs(a - first) - Math.abs(b - first));
    byDistance
      .filter((number, place) => place >= MOST || (number > 0 && number * STRETCH >= total))
      .forEach(number => this.stretches.delete(number));
  }

  private change(part: Partial<IFound>): void {
    this.found = { ...this.found, ...part };
    this.tell();
  }

  private found: IFound = { total: null, columns: [], problem: null, busy: false };
  private wanted: [number, number] = [0, 0];
  private edition = 0;
  private readonly stretches = new Map<number, IStretch>();
}

function rank({ group, label }: IColumn): number {
  return isSystem(label) ? 2 : group === 'metrics' ? 0 : 1;
}
