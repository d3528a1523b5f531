import { getCoreRowModel, getSortedRowModel, useReactTable, type SortingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, type ReactElement } from 'react';
import type { IRow, ISort } from '../types';
import { columnDefs, nameWidth, type IShownColumn } from './columns';
import { Row } from './Row';
import { TableFrame } from './TableFrame';
import { useColumnWindow } from './useColumnWindow';
import { useSelection } from '../useSelection';

const ROW_HEIGHT = 28;
const NO_COLOURS: ReadonlyMap<string, string> = new Map();

interface IProps {
  rows: IRow[];
  columns: IShownColumn[];
  sort: ISort[];
  selection: string[];
  hovered: string | null;
  colours?: ReadonlyMap<string, string>;
  runHref: ((runId: string) => string) | undefined;
  onSort(sort: ISort[]): void;
  onSelection(selection: string[]): void;
  onHover(runId: string | null): void;
  /** The rows from top to bottom, for those who follow the order. */
  onOrder(order: string[]): void;
}

export function Table(props: IProps): ReactElement {
  const { rows, columns, sort, selection, hovered, onSort, onSelection, onHover, onOrder } = props;
  const colours = props.colours ?? NO_COLOURS;
  const domId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const defs = useMemo(() => columnDefs(columns), [columns]);
  // A sort by a column that no run has now is kept in the state but does not reach the table.
  const sorting: SortingState = useMemo(
    () => sort.filter(({ id }) => defs.some(def => def.id === id)),
    [sort, defs]
  );
  const table = useReactTable({
    data: rows,
    columns: defs,
    state: { sorting },
    getRowId: row => row.runId,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    onSortingChange: change => onSort(typeof change === 'function' ? change(sorting) : change)
  });
  const sorted = table.getSortedRowModel().rows;
  const order = useMemo(() => sorted.map(row => row.id), [sorted]);
  useEffect(() => onOrder(order), [order, onOrder]);

  const chosen = useMemo(() => new Set(selection), [selection]);
  const { active, pick, onKeyDown } = useSelection(order, selection, onSelection);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    initialRect: { width: 800, height: 400 },
    overscan: 8
  });
  const first = useMemo(() => nameWidth(rows), [rows]);
  const range = useColumnWindow(scroller, columns, first);
  return (
    <TableFrame
      scroller={scroller}
      virtual={virtual}
      className="jp-mlops-scroller"
      domId={domId}
      order={order}
      active={active}
      chosen={chosen}
      columns={columns}
      first={first}
      sort={sorting}
      onSort={(id, further) => table.getColumn(id)?.toggleSorting(undefined, further)}
      onSelection={onSelection}
      onKeyDown={onKeyDown}
    >
      {virtual.getVirtualItems().map(item => {
        const row = sorted[item.index]?.original;
        return (
          row && (
            <Row
              key={row.runId}
              id={`${domId}${row.runId}`}
              row={row}
              index={item.index}
              columns={columns}
              from={range.from}
              to={range.to}
              colour={colours.get(row.runId)}
              href={props.runHref?.(row.runId)}
              selected={chosen.has(row.runId)}
              active={active === row.runId}
              hovered={hovered === row.runId}
              onPick={pick}
              onHover={onHover}
            />
          )
        );
      })}
    </TableFrame>
  );
}
