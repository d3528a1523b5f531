/** What stands in a cell: a value and how far it is from the baseline's, or what a group's runs have. */
import { formatNumber } from '../formats';
import type { ITranslate } from '../translation';
import type { Cell, Direction } from '../types';
import type { IGridCell } from '../grid/types';
import { valueOf, type ITableColumn } from './gridColumns';
import type { IGroupCell, IRunRow, Row } from './types';

const NONE: IGridCell = { content: '–', tone: 'none' };
const PENDING: IGridCell = { content: <span className="jp-mlops-pending" /> };

export interface ICompared {
  baseline: IRunRow | null;
  better(id: string): Direction;
  trans: ITranslate;
}

export function cellOf(row: Row | undefined, column: ITableColumn, compared: ICompared): IGridCell {
  if (row === undefined) {
    return { content: '' };
  }
  const base = valueOf(column, compared.baseline?.cell(column.id));
  if (row.kind === 'group') {
    return groupCell(row.cell(column.id), column, base, compared);
  }
  const value = valueOf(column, row.cell(column.id));
  if (value === undefined) {
    return PENDING;
  }
  if (value === null || value === '') {
    return NONE;
  }
  const written = { content: column.format(value), title: titleOf(row.cell(column.id)) };
  return row.runId === compared.baseline?.runId ? written : withDelta(written, value, base, column, compared);
}

function titleOf(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? '' : String(cell);
}

function withDelta(
  written: IGridCell,
  value: Cell,
  base: Cell | undefined,
  { id, facts }: ITableColumn,
  { better }: ICompared
): IGridCell {
  if (facts.group === 'params') {
    return base !== undefined && value !== base ? { ...written, content: <b>{written.content}</b> } : written;
  }
  const isMeasured = facts.group === 'metrics' || id === 'attributes.duration';
  if (
    !isMeasured ||
    typeof value !== 'number' ||
    typeof base !== 'number' ||
    !Number.isFinite(value - base)
  ) {
    return written;
  }
  const delta = value - base;
  const way = id === 'attributes.duration' ? 'lower' : better(id);
  const tone =
    delta === 0 || way === 'neither' ? 'neither' : delta < 0 === (way === 'lower') ? 'better' : 'worse';
  const text = delta === 0 ? '=' : `${delta > 0 ? '+' : '−'}${formatNumber(Math.abs(delta), 3)}`;
  return {
    ...written,
    tone,
    content: (
      <>
        <span className="jp-mlops-value">{written.content}</span>
        <span className="jp-mlops-delta">{text}</span>
      </>
    )
  };
}

function groupCell(
  cell: IGroupCell | null | undefined,
  column: ITableColumn,
  base: Cell | undefined,
  compared: ICompared
): IGridCell {
  if (cell === undefined) {
    return PENDING;
  }
  if (cell === null || cell.count === 0) {
    return NONE;
  }
  const { trans } = compared;
  if (cell.text !== null) {
    return { content: column.format(valueOf(column, cell.text) ?? null), title: cell.text };
  }
  if (cell.mean === null) {
    return {
      content: <span className="jp-mlops-quiet">{trans.__('several')}</span>,
      title: trans._n('%1 run', '%1 runs', cell.count)
    };
  }
  if (column.facts.id === 'attributes.start_time') {
    return { content: column.format(cell.min), title: column.format(cell.max) };
  }
  const way = compared.better(column.id);
  const best = way === 'lower' ? cell.min : way === 'higher' ? cell.max : null;
  // Nobody wrote a mean: it needs no more digits than its deviation tells of.
  const isWritten = cell.count < 2 || column.facts.group !== 'params';
  const mean = <span>{isWritten ? column.format(cell.mean) : formatNumber(cell.mean, 3)}</span>;
  const content = (
    <>
      {mean}
      {cell.sd !== null && cell.sd > 0 && (
        <span className="jp-mlops-quiet"> ± {formatNumber(cell.sd, 2)}</span>
      )}
      {best !== null && cell.count > 1 && (
        <span className="jp-mlops-best" aria-label={trans.__('best')}>
          {column.format(best)}
        </span>
      )}
    </>
  );
  const title = [
    trans.__('mean %1', formatNumber(cell.mean)),
    ...(cell.sd === null ? [] : [trans.__('deviation %1', formatNumber(cell.sd))]),
    trans.__('from %1 to %2', formatNumber(cell.min ?? NaN), formatNumber(cell.max ?? NaN)),
    trans._n('%1 run', '%1 runs', cell.count)
  ].join('\n');
  return column.facts.group === 'metrics'
    ? withDelta({ content, title }, cell.mean, base, column, compared)
    : { content, title };
}
