import type { Virtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useMemo,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type RefObject
} from 'react';
import { useTranslation } from '../translation';
import type { ISort } from '../types';
import type { IShownColumn } from './columns';
import { Head } from './Head';

interface IProps {
  scroller: RefObject<HTMLDivElement>;
  virtual: Virtualizer<HTMLDivElement, Element>;
  className: string;
  domId: string;
  /** Runs from top to bottom; empty where one is not known yet. */
  order: string[];
  /** The run that the keyboard is at. */
  active: string | null;
  chosen: ReadonlySet<string>;
  columns: IShownColumn[];
  /** Width of the column of names. */
  first: number;
  sort: ISort[];
  onSort(id: string, further: boolean): void;
  onSelection(selection: string[]): void;
  onKeyDown(event: KeyboardEvent): void;
  /** The rows in sight. */
  children: ReactNode;
}

/** What tables of runs have around their rows: head, scrolling, the keyboard, and all runs at once. */
export function TableFrame(props: IProps): ReactElement {
  const { scroller, virtual, domId, order, active, chosen, columns, first, sort, onSelection } = props;
  const trans = useTranslation();
  useEffect(() => {
    const at = active === null ? -1 : order.indexOf(active);
    if (at >= 0) {
      virtual.scrollToIndex(at, { align: 'auto' });
    }
    // Only a move of the active row scrolls; new rows or another order leave the view where it is.
  }, [active]);
  // The arrow keys go on from the row that was clicked, also when the click was on its checkbox.
  const takeFocus = (): void => scroller.current?.querySelector('table')?.focus({ preventScroll: true });
  const known = useMemo(() => order.filter(runId => runId !== ''), [order]);
  const count = known.filter(runId => chosen.has(runId)).length;
  const all = count === 0 ? 'none' : count === known.length ? 'all' : 'some';
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const width = columns.reduce((sum, column) => sum + column.width, first);
  return (
    <div className={props.className} ref={scroller}>
      <table
        className="jp-mlops-table"
        role="grid"
        tabIndex={0}
        style={{ width, ['--jp-mlops-first' as string]: `${first}px` }}
        aria-label={trans.__('Runs')}
        aria-multiselectable="true"
        aria-rowcount={order.length + 2}
        aria-colcount={columns.length + 1}
        aria-activedescendant={active === null ? undefined : `${domId}${active}`}
        onKeyDown={event => !(event.target instanceof HTMLButtonElement) && props.onKeyDown(event)}
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
          onAll={() => onSelection(all === 'all' ? [] : known)}
          onSort={props.onSort}
        />
        <tbody onClick={takeFocus}>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {props.children}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
