import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { nameWidth, type IShownColumn } from '../compare/columns';
import { Row } from '../compare/Row';
import { TableFrame } from '../compare/TableFrame';
import { useColumnWindow } from '../compare/useColumnWindow';
import type { IRow, ISort } from '../types';
import { useSelection } from '../useSelection';
import type { Stretches } from './stretches';

const ROW_HEIGHT = 30;
const NOBODY = (): void => undefined;

interface IProps {
  stretches: Stretches;
  total: number;
  /** Rows that are here; a new object whenever there are others. */
  rows: IRow[];
  columns: IShownColumn[];
  sort: ISort[];
  selection: string[];
  href(runId: string): string;
  onSort(sort: ISort[]): void;
  onSelection(selection: string[]): void;
  onOpen(runId: string): void;
}

/** A table of any length: rows that are not here yet are read when they come into sight. */
export function RunsTable(props: IProps): ReactElement {
  const { stretches, total, rows, columns, sort, selection, href, onSelection } = props;
  const domId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const order = useMemo(
    () => Array.from({ length: total }, (_, index) => stretches.row(index)?.runId ?? ''),
    [stretches, total, rows]
  );
  const chosen = useMemo(() => new Set(selection), [selection]);
  const select = (wanted: string[]): void => onSelection(wanted.filter(runId => runId !== ''));
  const { active, pick, onKeyDown } = useSelection(order, selection, select);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    initialRect: { width: 1000, height: 700 },
    overscan: 10
  });
  const first = useMemo(() => nameWidth(rows), [columns]);
  const range = useColumnWindow(scroller, columns, first);
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = (items[items.length - 1]?.index ?? 0) + 1;
  useEffect(() => stretches.want(from, to), [stretches, from, to]);
  // Another filter or order begins at its top.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [stretches]);

  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && active !== null && active !== '') {
      event.preventDefault();
      props.onOpen(active);
    } else {
      onKeyDown(event);
    }
  };
  return (
    <TableFrame
      scroller={scroller}
      virtual={virtual}
      className="jp-mlops-scroller jp-mlops-runs-scroller"
      domId={domId}
      order={order}
      active={active}
      chosen={chosen}
      columns={columns}
      first={first}
      sort={sort}
      onSort={(id, further) => props.onSort(sorted(sort, id, further))}
      onSelection={select}
      onKeyDown={onKey}
    >
      {items.map(({ index }) => {
        const row = stretches.row(index);
        return row === undefined ? (
          <tr key={index} className="jp-mlops-row jp-mlops-pending" aria-hidden="true">
            <th className="jp-mlops-first" />
            <td colSpan={columns.length} />
          </tr>
        ) : (
          <Row
            key={index}
            id={`${domId}${row.runId}`}
            row={row}
            index={index}
            columns={columns}
            from={range.from}
            to={range.to}
            href={href(row.runId)}
            selected={chosen.has(row.runId)}
            active={active === row.runId}
            hovered={false}
            onPick={pick}
            onHover={NOBODY}
          />
        );
      })}
    </TableFrame>
  );
}

/** The greatest first, then the least, then as before: of a metric people want the greatest. */
function sorted(sort: ISort[], id: string, further: boolean): ISort[] {
  const old = sort.find(one => one.id === id);
  const others = further ? sort.filter(one => one.id !== id) : [];
  return old === undefined
    ? [...others, { id, desc: true }]
    : old.desc
      ? [...others, { id, desc: false }]
      : others;
}
