import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { nameWidth, type IShownColumn } from '../compare/columns';
import { Head } from '../compare/Head';
import { Row } from '../compare/Row';
import { useColumnWindow } from '../compare/useColumnWindow';
import { useTranslation } from '../translation';
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
  const trans = useTranslation();
  const domId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const order = useMemo(
    () => Array.from({ length: total }, (_, index) => stretches.row(index)?.runId ?? ''),
    [stretches, total, rows]
  );
  const known = useMemo(() => order.filter(runId => runId !== ''), [order]);
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
  useEffect(() => {
    const at = active === null ? -1 : order.indexOf(active);
    if (at >= 0) {
      virtual.scrollToIndex(at, { align: 'auto' });
    }
    // Only a move of the active row scrolls; new rows leave the view where it is.
  }, [active]);

  const onKey = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLButtonElement) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && active !== null && active !== '') {
      event.preventDefault();
      props.onOpen(active);
    } else {
      onKeyDown(event);
    }
  };
  const takeFocus = (): void => scroller.current?.querySelector('table')?.focus({ preventScroll: true });
  const count = known.filter(runId => chosen.has(runId)).length;
  const all = count === 0 ? 'none' : count === known.length ? 'all' : 'some';
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const width = columns.reduce((sum, column) => sum + column.width, first);
  return (
    <div className="jp-mlops-scroller jp-mlops-runs-scroller" ref={scroller}>
      <table
        className="jp-mlops-table"
        role="grid"
        tabIndex={0}
        style={{ width, ['--jp-mlops-first' as string]: `${first}px` }}
        aria-label={trans.__('Runs')}
        aria-multiselectable="true"
        aria-rowcount={total + 2}
        aria-colcount={columns.length + 1}
        aria-activedescendant={active === null ? undefined : `${domId}${active}`}
        onKeyDown={onKey}
      >
        <colgroup>
          <col style={{ width: first }} />
          {columns.map(column => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
        </colgroup>
        <Head
          columns={columns}
          sort={sort}
          all={all}
          onAll={() => select(all === 'all' ? [] : known)}
          onSort={(id, further) => props.onSort(sorted(sort, id, further))}
        />
        <tbody onClick={takeFocus}>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
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
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
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
