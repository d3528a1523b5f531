/** The columns of the list of runs. */
import { measuredColumns, ownColumns, type IShownColumn } from './cellColumns';
import { formatAgo, formatTime } from '../formats';
import type { ITranslate } from '../translation';
import type { IColumn, IRow } from '../types';

const STARTED = 'attributes.start_time';
const DURATION = 'attributes.duration';

/** What stands in the list before anybody chooses: what the settings say, else all but what the machine did. */
export function isShownAtFirst(id: string, wanted: readonly string[]): boolean {
  return wanted.length === 0
    ? !id.startsWith('metrics.system/')
    : wanted.some(one => (one.endsWith('*') ? id.startsWith(one.slice(0, -1)) : id === one));
}

/** When, how long and where, then metrics and params. */
export function runColumns(
  columns: IColumn[],
  rows: IRow[],
  now: number,
  several: boolean,
  trans: ITranslate
): IShownColumn[] {
  const own = ownColumns(rows, trans, several);
  const placed = own.map((column): IShownColumn =>
    column.id === STARTED
      ? { ...column, ...since(now, trans), width: 112 }
      : { ...column, unsorted: true, ...(column.id === DURATION ? { value: row => lasting(row, now) } : {}) }
  );
  const order = [STARTED, DURATION, 'attributes.experiment'];
  placed.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return [...placed, ...measuredColumns({ columns, rows, total: rows.length, missing: 0 }, trans)];
}

/** Seconds; of a run that goes on so far. */
function lasting({ duration, status, startTime }: IRow, now: number): number | null {
  return (
    duration ?? (status === 'RUNNING' && startTime !== null ? Math.max(0, now - startTime) / 1000 : null)
  );
}

function since(now: number, trans: ITranslate): Pick<IShownColumn, 'format' | 'title' | 'numeric'> {
  return {
    numeric: false,
    format: value => (typeof value === 'number' ? formatAgo(value, now, trans) : ''),
    title: value => (typeof value === 'number' ? formatTime(value) : '')
  };
}
