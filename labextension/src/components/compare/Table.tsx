import { getCoreRowModel, getSortedRowModel, useReactTable, type SortingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IRow, ISort } from '../types';
import { columnDefs, nameWidth, type IShownColumn } from './columns';
import { Head } from './Head';
import { Row } from './Row';
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
  const trans = useTranslation();
  const domId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const defs = useMemo(() => columnDefs(columns), [columns]);
  // A sort by a column that no run has any more is kept in the state but does not reach the table.
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
  useEffect(() => {
    const at = active === null ? -1 : order.indexOf(active);
    if (at >= 0) {
      virtual.scrollToIndex(at, { align: 'auto' });
    }
    // Only a move of the active row scrolls; a new order leaves the view where it is.
  }, [active]);

  // The arrow keys go on from the row that was clicked, also when the click was on its checkbox.
  const takeFocus = (): void => scroller.current?.querySelector('table')?.focus({ preventScroll: true });

  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const shown = order.filter(id => chosen.has(id)).length;
  const all = shown === 0 ? 'none' : shown === order.length ? 'all' : 'some';
  const total = columns.reduce((sum, column) => sum + column.width, first);
  return (
    <div className="jp-mlops-scroller" ref={scroller}>
      <table
        className="jp-mlops-table"
        role="grid"
        tabIndex={0}
        style={{ width: total, ['--jp-mlops-first' as string]: `${first}px` }}
        aria-label={trans.__('Runs')}
        aria-multiselectable="true"
        aria-rowcount={sorted.length + 2}
        aria-colcount={columns.length + 1}
        aria-activedescendant={active === null ? undefined : `${domId}${active}`}
        onKeyDown={event => !(event.target instanceof HTMLButtonElement) && onKeyDown(event)}
      >
        <colgroup>
          <col style={{ width: first }} />
          {columns.map(column => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
        </colgroup>
        <Head
          columns={columns}
          sort={sorting}
          all={all}
          onAll={() => onSelection(all === 'all' ? [] : order)}
          onSort={(id, further) => table.getColumn(id)?.toggleSorting(undefined, further)}
        />
        <tbody onClick={takeFocus}>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {items.map(item => {
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
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
