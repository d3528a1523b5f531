import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import type { IPlaygroundHost, ITable, ITableColumn, ITableRow } from './types';
import { useRows } from './useRows';

const ROW_HEIGHT = 28;
const LEAST_WIDTH = 84;
const MOST_WIDTH = 240;
const LETTER = 7.2;

interface IProps {
  host: IPlaygroundHost;
  table: ITable;
  differing: boolean;
  alive: boolean;
  /** Names of the models. */
  labels: string[];
  onPick(row: ITableRow): void;
}

/** One row for each prediction; what the models say comes first, rows where they differ before others. */
export function Rows({ host, table, differing, alive, labels, onPick }: IProps): ReactElement {
  const trans = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const { total, row, need } = useRows(host, table, differing, alive);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    initialRect: { width: 800, height: 400 },
    overscan: 10
  });
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items[items.length - 1]?.index ?? 0;
  useEffect(() => need(from, to), [need, from, to, table.number]);
  const widths = table.columns.map((column, index) => widthOf(column, table.rows, index));
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  return (
    <div className="jp-mlops-scroller" ref={scroller}>
      <table
        className="jp-mlops-table jp-mlops-predictions"
        style={{
          width: widths.reduce((sum, one) => sum + one, 64),
          ['--jp-mlops-first' as string]: '64px'
        }}
        aria-label={trans.__('Predictions')}
        aria-rowcount={total + 2}
      >
        <colgroup>
          <col style={{ width: 64 }} />
          {widths.map((width, index) => (
            <col key={index} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr className="jp-mlops-bands">
            <td className="jp-mlops-first" />
            {bands(table.columns).map(({ role, span }) => (
              <th key={role} colSpan={span} scope="colgroup">
                <span>
                  {role === 'input' ? trans.__('inputs') : (labels[role === 'output' ? 0 : 1] ?? '')}
                </span>
              </th>
            ))}
          </tr>
          <tr>
            <th scope="col" className="jp-mlops-first">
              {trans.__('Row')}
            </th>
            {table.columns.map(column => (
              <th
                key={column.name}
                scope="col"
                data-role={column.role}
                className={column.numeric ? 'jp-mlops-number' : undefined}
                title={column.name}
              >
                {headOf(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {items.map(item => (
            <Row
              key={item.index}
              row={row(item.index)}
              place={item.index}
              columns={table.columns}
              onPick={onPick}
            />
          ))}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}

interface IRowProps {
  row: ITableRow | undefined;
  place: number;
  columns: ITableColumn[];
  onPick(row: ITableRow): void;
}

function Row({ row, place, columns, onPick }: IRowProps): ReactElement {
  const trans = useTranslation();
  return (
    <tr
      className="jp-mlops-row"
      data-testid="mlops-prediction-row"
      data-differs={row?.differs || undefined}
      aria-rowindex={place + 3}
    >
      <th scope="row" className="jp-mlops-first">
        {row && (
          <button
            type="button"
            className="jp-mlops-link"
            title={trans.__('Put row %1 into the form', row.index)}
            onClick={() => onPick(row)}
          >
            {row.index}
          </button>
        )}
      </th>
      {columns.map((column, index) => (
        <td
          key={column.name}
          data-role={column.role}
          className={column.numeric ? 'jp-mlops-number' : undefined}
        >
          {shown(row?.values[index])}
        </td>
      ))}
    </tr>
  );
}

function shown(value: ITableRow['values'][number] | undefined): string {
  return typeof value === 'number'
    ? formatNumber(value)
    : value === null || value === undefined
      ? ''
      : String(value);
}

function bands(columns: ITableColumn[]): { role: ITableColumn['role']; span: number }[] {
  const roles = (['output', 'challenger', 'input'] as const).map(role => ({
    role,
    span: columns.filter(column => column.role === role).length
  }));
  return roles.filter(({ span }) => span > 0);
}

/** The band above says whose it is. */
function headOf({ name, role }: ITableColumn): string {
  const own = role === 'challenger' ? name.replace(/^challenger_/, '') : name;
  return role === 'input' ? own : own.replace(/^probability_(.*)$/, 'P($1)');
}

function widthOf(column: ITableColumn, rows: ITableRow[], index: number): number {
  const letters = rows.slice(0, 30).map(row => shown(row.values[index]).length);
  const longest = Math.max(headOf(column).length, ...letters);
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, longest * LETTER + 24));
}
