import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useId,
  useMemo,
  useRef,
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode
} from 'react';
import { usePreferences } from '../preferences';
import type { ISort } from '../types';
import { GridHead, type IHeadEvents } from './GridHead';
import { GridRow } from './GridRow';
import type { IGridCell, IGridColumn, IGridRow, IPlace } from './types';
import { cellId, useGridKeys, type IGridActions } from './useGridKeys';
import { useColumnWindow } from './useColumnWindow';

/** As the style has them: `--jp-mlops-row-height`. */
const ROW_HEIGHTS = { comfortable: 28, compact: 22 };
const HEAD_HEIGHT = 50;

interface IProps extends IHeadEvents, IGridActions {
  label: string;
  className?: string;
  /** What the rows are of: another filter or order begins at its top. */
  of: unknown;
  /** How many rows there are, here or not. */
  total: number;
  row(index: number): IGridRow | undefined;
  /** Moves when rows are others. */
  version: unknown;
  columns: IGridColumn[];
  cell(index: number, column: IGridColumn): IGridCell;
  /** What stands in the column of names. */
  name(index: number): ReactNode;
  nameLabel: string;
  nameWidth: number;
  nameId: string;
  sort: ISort[];
  selection: ReadonlySet<string>;
  all: 'all' | 'some' | 'none';
  hovered: string | null;
  onSight(from: number, to: number, columns: IGridColumn[]): void;
  onHover(runId: string | null): void;
  onAll(): void;
}

/** A table that scrolls both ways over any number of rows and columns. */
export function Grid(props: IProps): ReactElement {
  const { total, columns, nameWidth, selection, onSight } = props;
  const domId = useId();
  const rowHeight = ROW_HEIGHTS[usePreferences().density];
  const scroller = useRef<HTMLDivElement>(null);
  const pinned = useMemo(() => columns.filter(column => column.isPinned), [columns]);
  const free = useMemo(() => columns.filter(column => !column.isPinned), [columns]);
  const left = pinned.reduce((sum, column) => sum + column.width, nameWidth);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    initialRect: { width: 900, height: 400 },
    paddingStart: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    overscan: 8
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const window = useColumnWindow(scroller, free, left);
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = (items[items.length - 1]?.index ?? -1) + 1;
  useEffect(
    () => onSight(from, to, [...pinned, ...free.slice(window.from, window.to)]),
    [onSight, from, to, pinned, free, window.from, window.to]
  );
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [props.of]);
  const keys = useGridKeys(props, [...pinned, ...free]);
  const { active } = keys;
  useEffect(() => {
    if (active === null) {
      return;
    }
    if (active.row >= 0) {
      virtual.scrollToIndex(active.row, { align: 'auto' });
    }
    window.show(active.column - 1 - pinned.length);
    // Only a move of the active cell scrolls; new rows or another order leave the view where it is.
  }, [active]);
  const takeFocus = (place: IPlace): void => {
    keys.move(place);
    scroller.current?.querySelector<HTMLElement>('[role=grid]')?.focus({ preventScroll: true });
  };
  const width = columns.reduce((sum, column) => sum + column.width, nameWidth);
  const offsets = useMemo(() => offsetsOf(pinned, nameWidth), [pinned, nameWidth]);
  const shared = { domId, pinned, free, window, offsets, nameWidth };
  const style = { width, height: virtual.getTotalSize(), ['--jp-mlops-first' as string]: `${left}px` };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target === event.currentTarget) {
      keys.onKeyDown(event);
    }
  };
  return (
    <div className={`jp-mlops-scroller ${props.className ?? ''}`} ref={scroller}>
      <div
        className="jp-mlops-cells"
        role="grid"
        tabIndex={0}
        style={style as CSSProperties}
        aria-label={props.label}
        aria-multiselectable="true"
        aria-rowcount={total + 2}
        aria-colcount={columns.length + 1}
        aria-activedescendant={active === null ? undefined : cellId(domId, active)}
        onKeyDown={onKeyDown}
      >
        <GridHead
          {...shared}
          label={props.nameLabel}
          nameId={props.nameId}
          sort={props.sort}
          all={props.all}
          active={active?.row === -1 ? active.column : null}
          onAll={props.onAll}
          onSort={props.onSort}
          {...(props.onMenu && { onMenu: props.onMenu })}
          {...(props.onMove && { onMove: props.onMove })}
          {...(props.onWidth && { onWidth: props.onWidth })}
        />
        {items.map(({ index, start }) => {
          const row = props.row(index);
          return (
            <GridRow
              key={row?.key ?? index}
              {...shared}
              index={index}
              start={start}
              row={row}
              version={props.version}
              cell={props.cell}
              name={props.name}
              isSelected={row?.runId != null && selection.has(row.runId)}
              isHovered={row?.runId != null && row.runId === props.hovered}
              active={active?.row === index ? active.column : null}
              onHover={props.onHover}
              onPick={keys.pick}
              onFocus={takeFocus}
              onCell={props.onCell}
            />
          );
        })}
      </div>
    </div>
  );
}

function offsetsOf(pinned: IGridColumn[], first: number): number[] {
  let sum = first;
  return pinned.map(({ width }) => {
    const left = sum;
    sum += width;
    return left;
  });
}
