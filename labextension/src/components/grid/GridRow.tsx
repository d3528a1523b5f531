import { memo, type CSSProperties, type MouseEvent, type ReactNode } from 'react';
import type { IPick } from '../useSelection';
import type { IGridCell, IGridColumn, IGridRow, IPlace } from './types';
import type { IColumnWindow } from './useColumnWindow';
import { cellId } from './useGridKeys';

export interface IShared {
  domId: string;
  pinned: IGridColumn[];
  free: IGridColumn[];
  window: IColumnWindow;
  /** Where the pinned columns stand. */
  offsets: number[];
  nameWidth: number;
}

interface IProps extends IShared {
  index: number;
  start: number;
  row: IGridRow | undefined;
  version: unknown;
  isSelected: boolean;
  isHovered: boolean;
  /** The column of the active cell, if it is in this row. */
  active: number | null;
  cell(index: number, column: IGridColumn): IGridCell;
  name(index: number): ReactNode;
  onHover(runId: string | null): void;
  onPick(index: number, how: IPick): void;
  onFocus(place: IPlace): void;
  /** Enter, F2 or a double click; the element is where what opens belongs. */
  onCell(place: IPlace, element: HTMLElement, how: 'open' | 'edit'): void;
}

export const GridRow = memo(function GridRow(props: IProps) {
  const { domId, index, row, pinned, free, window, offsets, nameWidth, active } = props;
  const place = (column: number): IPlace => ({ row: index, column });
  const onClick = (event: MouseEvent, column: number): void => {
    props.onFocus(place(column));
    if (row?.runId != null) {
      const toggle = event.ctrlKey || event.metaKey || isBox(event.target);
      props.onPick(index, { range: event.shiftKey, toggle });
    } else if (row?.isGroup === true) {
      props.onCell(place(0), event.currentTarget as HTMLElement, 'open');
    }
  };
  const draw = (column: IGridColumn, number: number, style: CSSProperties): ReactNode => {
    const { content, title, tone } = props.cell(index, column);
    return (
      <div
        key={column.id}
        id={cellId(domId, place(number))}
        role="gridcell"
        aria-colindex={number + 1}
        className={column.numeric ? 'jp-mlops-cell jp-mlops-number' : 'jp-mlops-cell'}
        data-column={column.id}
        data-tone={tone}
        data-active={active === number || undefined}
        title={title}
        style={style}
        onClick={event => onClick(event, number)}
        onDoubleClick={event => props.onCell(place(number), event.currentTarget, 'edit')}
      >
        {content}
      </div>
    );
  };
  return (
    <div
      role="row"
      className="jp-mlops-row"
      data-testid={row === undefined ? undefined : row.isGroup ? 'mlops-group-row' : 'mlops-compare-row'}
      data-run-id={row?.runId ?? undefined}
      data-hovered={props.isHovered || undefined}
      data-active={active !== null || undefined}
      data-group={row?.isGroup === true || undefined}
      aria-rowindex={index + 3}
      aria-selected={row?.runId == null ? undefined : props.isSelected}
      aria-hidden={row === undefined || undefined}
      style={{ transform: `translateY(${props.start}px)` }}
      onMouseDown={event => event.shiftKey && event.preventDefault()}
      onMouseEnter={() => props.onHover(row?.runId ?? null)}
      onMouseLeave={() => props.onHover(null)}
    >
      <div
        role="rowheader"
        id={cellId(domId, place(0))}
        aria-colindex={1}
        className="jp-mlops-cell jp-mlops-first"
        data-active={active === 0 || undefined}
        style={{ width: nameWidth }}
        onClick={event => onClick(event, 0)}
      >
        {row !== undefined && props.name(index)}
      </div>
      {pinned.map((column, at) =>
        draw(column, at + 1, { width: column.width, left: offsets[at], position: 'sticky', zIndex: 1 })
      )}
      {window.before > 0 && <div className="jp-mlops-gap" style={{ width: window.before }} />}
      {free
        .slice(window.from, window.to)
        .map((column, at) => draw(column, pinned.length + window.from + at + 1, { width: column.width }))}
    </div>
  );
});

function isBox(target: EventTarget): boolean {
  return target instanceof HTMLInputElement && target.type === 'checkbox';
}
