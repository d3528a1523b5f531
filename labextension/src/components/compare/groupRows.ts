import { said } from '../errors';
import type { ISort } from '../types';
import { Blocks, type FetchRows } from './blocks';
import type { IGroupCell, IGroupRow, IGroups, IRowSource, Row } from './types';
import { Observed } from '../Observed';

type FetchGroups = (columns: string[]) => Promise<IGroups>;

interface IGroup {
  value: string | null;
  count: number;
  cells: Map<string, IGroupCell>;
}

/** The key of a group in the state, where all values are texts. */
export function groupKey(value: string | null): string {
  return value ?? '\u0000';
}

/** A row for each group of runs, and below those that are open their runs. */
export class GroupRows extends Observed implements IRowSource {
  constructor(
    private readonly fetch: FetchGroups,
    private readonly runsOf: (value: string | null) => FetchRows,
    private readonly sort: ISort[],
    private readonly by: string
  ) {
    super();
  }

  problem: string | null = null;
  /** How many groups there are, of which the largest have a row. */
  total = 0;
  isReady = false;

  get length(): number {
    return this.groups.reduce((sum, group) => sum + 1 + (this.runs(group)?.length ?? 0), 0);
  }

  open(expanded: readonly string[]): void {
    this.expanded = new Set(expanded);
    this.told();
  }

  /** Something has changed: all of it is read again. */
  refresh(): void {
    this.known.clear();
    this.opened.clear();
    this.problem = null;
    void this.read();
  }

  at(index: number): Row | undefined {
    const found = this.place(index);
    if (found === null) {
      return undefined;
    }
    const { group, inside } = found;
    return inside < 0 ? this.row(group) : this.runs(group)?.at(inside);
  }

  want(from: number, to: number, columns: string[]): void {
    this.columns = columns;
    let start = 0;
    for (const group of this.groups) {
      const runs = this.runs(group);
      const [first, last] = [from - start - 1, to - start - 1];
      if (runs !== null && last > 0 && first < runs.length) {
        runs.want(Math.max(0, first), Math.min(runs.length, last), columns);
      }
      start += 1 + (runs?.length ?? 0);
    }
    void this.read();
  }

  readonly version = (): number => this.moved;

  private row(group: IGroup): IGroupRow {
    const isOpen = this.expanded.has(groupKey(group.value));
    const cell = (column: string): IGroupCell | null | undefined =>
      group.cells.get(column) ?? (this.known.has(column) ? null : undefined);
    return { kind: 'group', value: group.value, count: group.count, isOpen, cell };
  }

  private place(index: number): { group: IGroup; inside: number } | null {
    let rest = index;
    for (const group of this.groups) {
      const size = 1 + (this.runs(group)?.length ?? 0);
      if (rest < size) {
        return { group, inside: rest - 1 };
      }
      rest -= size;
    }
    return null;
  }

  private runs(group: IGroup): Blocks | null {
    const key = groupKey(group.value);
    if (!this.expanded.has(key)) {
      return null;
    }
    let blocks = this.opened.get(key);
    if (blocks === undefined) {
      blocks = new Blocks(this.runsOf(group.value), group.count);
      blocks.subscribe(() => this.told());
      this.opened.set(key, blocks);
    }
    return blocks;
  }

  private async read(): Promise<void> {
    const ids = [...new Set([...this.columns, ...this.sort.map(({ id }) => id)])];
    const missing = ids.filter(column => !this.known.has(column));
    if (
      this.reading ||
      this.problem !== null ||
      (this.isReady && missing.length === 0 && this.known.size > 0)
    ) {
      return;
    }
    this.reading = true;
    try {
      const { total, groups } = await this.fetch(missing.slice(0, 100));
      const old = new Map(this.groups.map(group => [groupKey(group.value), group.cells]));
      this.total = total;
      this.groups = groups.map(({ value, count, cells }) => ({
        value,
        count,
        cells: new Map([...(old.get(groupKey(value)) ?? []), ...Object.entries(cells)])
      }));
      missing.slice(0, 100).forEach(column => this.known.add(column));
      this.groups.sort((a, b) => this.compare(a, b));
      this.isReady = true;
    } catch (error) {
      this.problem = said(error);
      this.isReady = true;
    }
    this.reading = false;
    this.told();
    void this.read();
  }

  /** By the mean, or the text that all runs have; what has neither is last. */
  private compare(a: IGroup, b: IGroup): number {
    for (const { id, desc } of this.sort) {
      const [x, y] = [this.rank(a, id), this.rank(b, id)];
      if (x !== y) {
        if (x === null || y === null) {
          return x === null ? 1 : -1;
        }
        const order =
          typeof x === 'number' && typeof y === 'number'
            ? x - y
            : String(x).localeCompare(String(y), undefined, { numeric: true });
        return desc ? -order : order;
      }
    }
    return 0;
  }

  private rank(group: IGroup, id: string): number | string | null {
    const cell = group.cells.get(id);
    return id === this.by ? group.value : (cell?.mean ?? cell?.text ?? null);
  }

  private told(): void {
    this.moved += 1;
    this.tell();
  }

  private groups: IGroup[] = [];
  private columns: string[] = [];
  private expanded: ReadonlySet<string> = new Set();
  private moved = 0;
  private reading = false;
  private readonly known = new Set<string>();
  private readonly opened = new Map<string, Blocks>();
}
