import type { Cell, ICompareData, IRow, ISort } from '../types';
import type { IRowSource, IRunRow } from './types';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The rows that were saved with a notebook: sorted here, and found by words, for there is no store to ask. */
export class SavedRows implements IRowSource {
  constructor(data: ICompareData, filter: string, sort: ISort[]) {
    const places = new Map(data.columns.map((column, place) => [column.id, place]));
    const words = filter.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const found = data.rows.filter(row => {
      const all = [row.name, row.runId, ...row.values].join('\n').toLocaleLowerCase();
      return words.every(word => all.includes(word));
    });
    this.rows = found.map(row => runRow(row, places));
    this.rows.sort((a, b) => compared(a, b, sort));
  }

  get length(): number {
    return this.rows.length;
  }

  at(index: number): IRunRow | undefined {
    return this.rows[index];
  }

  first(count: number): string[] {
    return this.rows.slice(0, count).map(row => row.runId);
  }

  want(): void {
    // All there is is here.
  }

  refresh(): void {
    // Nothing changes what was saved.
  }

  readonly isReady = true;
  readonly problem = null;
  readonly subscribe = (): (() => void) => () => undefined;
  readonly version = (): number => 0;

  private readonly rows: IRunRow[];
}

function runRow(row: IRow, places: ReadonlyMap<string, number>): IRunRow {
  const own: { [id: string]: Cell } = {
    'attributes.duration': row.duration,
    'attributes.start_time': row.startTime,
    'attributes.run_name': row.name,
    'attributes.experiment': row.experiment,
    'attributes.status': row.status
  };
  const cell = (id: string): Cell => own[id] ?? row.values[places.get(id) ?? -1] ?? null;
  const { runId, name, status, startTime, endTime } = row;
  return { kind: 'run', runId, name, status, experimentId: '', startTime, endTime, cell };
}

function compared(a: IRunRow, b: IRunRow, sort: ISort[]): number {
  for (const { id, desc } of sort) {
    const [x, y] = [known(a.cell(id)), known(b.cell(id))];
    if (x === null || y === null) {
      if (x !== y) {
        return x === null ? 1 : -1;
      }
      continue;
    }
    const order =
      typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y));
    if (order !== 0) {
      return desc ? -order : order;
    }
  }
  return 0;
}

function known(value: Cell | undefined): Cell {
  return value === undefined || Number.isNaN(value) ? null : value;
}
