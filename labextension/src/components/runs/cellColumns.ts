/** Columns of the list of runs: where their values are, how wide they are, and how they read. */
import { columnFormat, formatDuration, formatTime } from '../formats';
import { textWidth, widest } from '../textWidth';
import type { ITranslate } from '../translation';
import type { Cell, ICompareData, IRow } from '../types';

export const NAME = 'attributes.run_name';

export interface IShownColumn {
  id: string;
  label: string;
  band: string;
  numeric: boolean;
  same: boolean;
  width: number;
  /** Where the list cannot be sorted by it. */
  unsorted?: boolean;
  value(row: IRow): Cell;
  format(value: Cell): string;
  /** All of it, where the cell shows less. */
  title?(value: Cell): string;
}

/** Params and metrics. */
export function measuredColumns(data: ICompareData, trans: ITranslate): IShownColumn[] {
  return data.columns.map((column, index): IShownColumn => {
    const values = data.rows.map(row => row.values[index] ?? null);
    const group = column.group === 'metrics' ? trans.__('Metrics') : trans.__('Parameters');
    const format = columnFormat(column.group, values);
    return {
      id: column.id,
      label: column.label,
      band: column.differs ? group : trans.__('%1, same in all runs', group),
      numeric: column.kind === 'number',
      same: !column.differs,
      width: width(column.label, sample(values).map(format)),
      value: row => row.values[index] ?? null,
      format
    };
  });
}

/** When, how long, and where, if that is not the same for all. */
export function ownColumns(
  rows: IRow[],
  trans: ITranslate,
  several = new Set(rows.map(row => row.experiment)).size > 1
): IShownColumn[] {
  const own = { band: trans.__('Run'), same: false };
  const columns: IShownColumn[] = [
    {
      ...own,
      id: 'attributes.duration',
      label: trans.__('Duration'),
      numeric: true,
      width: width(trans.__('Duration'), ['88 min 88 s']),
      value: row => row.duration,
      format: value => (typeof value === 'number' ? formatDuration(value) : '')
    },
    {
      ...own,
      id: 'attributes.start_time',
      label: trans.__('Started'),
      numeric: true,
      width: width(
        trans.__('Started'),
        rows.slice(0, 5).map(row => formatTime(row.startTime ?? 0))
      ),
      value: row => row.startTime,
      format: value => (typeof value === 'number' ? formatTime(value) : '')
    }
  ];
  if (several) {
    columns.push({
      ...own,
      id: 'attributes.experiment',
      label: trans.__('Experiment'),
      numeric: false,
      width: width(
        trans.__('Experiment'),
        sample(rows).map(row => row.experiment)
      ),
      value: row => row.experiment,
      format: value => String(value ?? '')
    });
  }
  return columns;
}

const SAMPLE = 500;

/** Values spread over all rows: enough to know how wide a column is. */
function sample<T>(values: T[]): T[] {
  const step = Math.ceil(values.length / SAMPLE);
  return step <= 1 ? values : values.filter((_, index) => index % step === 0);
}

const PADDING = 22;
/** Room for the arrow of a sorted column and its rank. */
const ARROW = 18;

/** Fixed widths: with virtual rows the browser would choose new ones at every scroll. */
function width(label: string, texts: string[]): number {
  const cells = Math.min(220, widest(texts));
  return Math.ceil(Math.max(56, cells + PADDING, Math.min(220, textWidth(label, true)) + PADDING + ARROW));
}
