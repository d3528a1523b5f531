import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useId,
  useMemo,
  useRef,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode
} from 'react';
import type { IPick } from '../useSelection';

export interface IGridColumn<T> {
  id: string;
  label: string;
  width: number;
  /** Takes the room that is left. */
  grows?: boolean;
  numeric?: boolean;
  title?(row: T): string | undefined;
  cell(row: T): ReactNode;
}

interface IProps<T> {
  label: string;
  testid: string;
  rows: T[];
  /** How many there are, read or not. */
  total: number;
  height: number;
  columns: IGridColumn<T>[];
  keyOf(row: T): string;
  data(row: T): { [attribute: string]: string };
  active: string | null;
  /** Null where rows are opened, not chosen. */
  chosen: ReadonlySet<string> | null;
  more: (() => void) | null;
  onPick(key: string, how: IPick): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** A table of which only what is in sight is in the page; its end asks for more. */
export function Grid<T>(props: IProps<T>): ReactElement {
  const { rows, columns, height, keyOf, active, chosen, more, onPick } = props;
  const domId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    initialRect: { width: 800, height: 400 },
    overscan: 8
  });
  const keys = useMemo(() => rows.map(keyOf), [rows, keyOf]);
  const reveal = (): void => {
    const at = active === null ? -1 : keys.indexOf(active);
    if (at >= 0) {
      virtual.scrollToIndex(at, { align: 'auto' });
    }
  };
  // Only a move of the active row scrolls, and a key; new rows leave the view where it is.
  useEffect(reveal, [active]);

  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const last = items[items.length - 1]?.index ?? -1;
  useEffect(() => {
    if (more !== null && last >= 0 && last >= rows.length - 1) {
      more();
    }
  }, [more, last, rows.length]);

  const takeFocus = (): void => scroller.current?.querySelector('table')?.focus({ preventScroll: true });
  return (
    <div className="jp-mlops-scroller jp-mlops-grid" ref={scroller}>
      <table
        className="jp-mlops-table"
        role="grid"
        tabIndex={0}
        style={{ minWidth: columns.reduce((sum, column) => sum + column.width, 0) }}
        aria-label={props.label}
        aria-multiselectable={chosen === null ? undefined : 'true'}
        aria-rowcount={props.total + 1}
        aria-colcount={columns.length}
        aria-activedescendant={active === null ? undefined : `${domId}${active}`}
        onKeyDown={event => {
          if (event.target === event.currentTarget) {
            reveal(); // also a row that is active already, when one has scrolled away from it
            props.onKeyDown(event);
          }
        }}
      >
        <colgroup>
          {columns.map(column => (
            <col key={column.id} style={column.grows === true ? undefined : { width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column, index) => (
              <th key={column.id} scope="col" className={classes(column.numeric, index)} title={column.label}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
          {items.map(item => {
            const row = rows[item.index];
            const key = keys[item.index];
            return (
              row !== undefined &&
              key !== undefined && (
                <tr
                  key={key}
                  id={`${domId}${key}`}
                  className="jp-mlops-row"
                  style={{ height }}
                  data-testid={props.testid}
                  data-active={active === key || undefined}
                  {...props.data(row)}
                  aria-rowindex={item.index + 2}
                  aria-selected={chosen === null ? undefined : chosen.has(key)}
                  onMouseDown={event => event.shiftKey && event.preventDefault()}
                  onClick={event => {
                    takeFocus();
                    onPick(key, { range: event.shiftKey, toggle: event.ctrlKey || event.metaKey });
                  }}
                >
                  {columns.map((column, index) => {
                    const Cell = index === 0 ? 'th' : 'td';
                    return (
                      <Cell
                        key={column.id}
                        scope={index === 0 ? 'row' : undefined}
                        className={classes(column.numeric, index)}
                        title={column.title?.(row)}
                      >
                        {column.cell(row)}
                      </Cell>
                    );
                  })}
                </tr>
              )
            );
          })}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}

function classes(numeric: boolean | undefined, index: number): string | undefined {
  return (
    [numeric === true && 'jp-mlops-number', index === 0 && 'jp-mlops-first'].filter(Boolean).join(' ') ||
    undefined
  );
}
