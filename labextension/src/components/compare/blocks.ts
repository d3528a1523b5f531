import { said } from '../errors';
import { status } from '../parse';
import type { Cell } from '../types';
import type { Column, IPacked } from './packed';
import type { IRowSource, IRunRow } from './types';
import { Observed } from '../Observed';

/** Runs of one request, the most columns of one, and the blocks that are kept: 10,000 runs. */
const BLOCK = 100;
const MOST_COLUMNS = 100;
const MOST = 100;
const AT_ONCE = 2;

interface IBlock {
  edition: number;
  columns: Map<string, Column>;
  rows: IRunRow[];
}

export type FetchRows = (columns: string[], offset: number, count: number) => Promise<IPacked>;

/** Runs in an order, of which the rows and columns in sight are read, a block at a time. */
export class Blocks extends Observed implements IRowSource {
  constructor(
    private readonly fetch: FetchRows,
    private total: number
  ) {
    super();
  }

  problem: string | null = null;

  get length(): number {
    return this.total;
  }

  /** Whether the first rows are here. */
  get isReady(): boolean {
    return this.blocks.size > 0 || this.total === 0 || this.problem !== null;
  }

  at(index: number): IRunRow | undefined {
    return this.blocks.get(Math.floor(index / BLOCK))?.rows[index % BLOCK];
  }

  /** Ids of the first rows, or null while they are not all here. */
  first(count: number): string[] | null {
    const rows = Array.from({ length: Math.min(count, this.total) }, (_, index) => this.at(index)?.runId);
    return rows.includes(undefined) ? null : (rows as string[]);
  }

  want(from: number, to: number, columns: string[]): void {
    this.wanted = { from: Math.floor(from / BLOCK), to: Math.floor(Math.max(from, to - 1) / BLOCK), columns };
    this.pump();
  }

  /** Something has changed: what is in sight is read again, the rest when it comes into sight. */
  refresh(total: number): void {
    this.total = total;
    this.edition += 1;
    this.problem = null;
    [...this.blocks.keys()].filter(number => number * BLOCK >= total).forEach(n => this.blocks.delete(n));
    this.told();
    this.pump();
  }

  readonly version = (): number => this.moved;

  private pump(): void {
    const { from, to, columns } = this.wanted;
    for (let number = from; number <= to && this.running.size < AT_ONCE; number += 1) {
      const missing = this.missing(number, columns);
      if (missing !== null && !this.running.has(number) && this.problem === null) {
        void this.read(number, missing.slice(0, MOST_COLUMNS));
      }
    }
  }

  /** Columns of a block that must be read; null when there is nothing to read. */
  private missing(number: number, columns: string[]): string[] | null {
    const block = this.blocks.get(number);
    if (number * BLOCK >= this.total) {
      return null;
    }
    // What every run has comes with each of them.
    const asked = columns.filter(column => !column.startsWith('attributes.'));
    if (block === undefined || block.edition !== this.edition) {
      return asked;
    }
    const missing = asked.filter(column => !block.columns.has(column));
    return missing.length > 0 ? missing : null;
  }

  private async read(number: number, columns: string[]): Promise<void> {
    const { edition } = this;
    this.running.add(number);
    try {
      const packed = await this.fetch(columns, number * BLOCK, Math.min(BLOCK, this.total - number * BLOCK));
      const old = this.blocks.get(number);
      const kept = old?.edition === edition ? old.columns : [];
      const known = new Map([...kept, ...packed.columns]);
      this.blocks.set(number, { edition, columns: known, rows: rowsOf(known, packed.rows) });
      this.forget();
    } catch (error) {
      this.problem = said(error);
    }
    this.running.delete(number);
    this.told();
    this.pump();
  }

  /** What is far from sight. */
  private forget(): void {
    const { from } = this.wanted;
    [...this.blocks.keys()]
      .sort((a, b) => Math.abs(a - from) - Math.abs(b - from))
      .slice(MOST)
      .forEach(number => this.blocks.delete(number));
  }

  private told(): void {
    this.moved += 1;
    this.tell();
  }

  private wanted: { from: number; to: number; columns: string[] } = { from: 0, to: 0, columns: [] };
  private moved = 0;
  private edition = 0;
  private readonly running = new Set<number>();
  private readonly blocks = new Map<number, IBlock>();
}

function rowsOf(columns: Map<string, Column>, count: number): IRunRow[] {
  const own = (name: string, row: number): Cell => columns.get(`attributes.${name}`)?.(row) ?? null;
  const time = (name: string, row: number): number | null => {
    const value = own(name, row);
    return typeof value === 'number' ? value : null;
  };
  return Array.from({ length: count }, (_, row): IRunRow => {
    const runId = String(own('run_id', row) ?? '');
    const [startTime, endTime] = [time('start_time', row), time('end_time', row)];
    const duration = startTime === null || endTime === null ? null : (endTime - startTime) / 1000;
    return {
      kind: 'run',
      runId,
      name: String(own('run_name', row) ?? '') || runId.slice(0, 8),
      status: status(own('status', row)),
      experimentId: String(own('experiment_id', row) ?? ''),
      startTime,
      endTime,
      cell: column => (column === 'attributes.duration' ? duration : columns.get(column)?.(row))
    };
  });
}
