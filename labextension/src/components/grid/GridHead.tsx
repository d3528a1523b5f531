import {
  useEffect,
  useRef,
  type CSSProperties,
  type DragEvent,
  type PointerEvent,
  type ReactElement
} from 'react';
import { Icon } from '../Icon';
import { useTranslation } from '../translation';
import type { ISort } from '../types';
import type { IShared } from './GridRow';
import type { IGridColumn } from './types';
import { cellId } from './useGridKeys';

/** What can be done with columns. */
export interface IHeadEvents {
  /** `further`: after the columns that are sorted already. */
  onSort(id: string, further: boolean): void;
  onMenu?: (id: string, element: HTMLElement) => void;
  /** Puts a column before another, or last. */
  onMove?: (id: string, before: string | null) => void;
  /** Null: as wide as it would be. */
  onWidth?: (id: string, width: number | null) => void;
}

interface IProps extends IShared, IHeadEvents {
  label: string;
  nameId: string;
  sort: ISort[];
  all: 'all' | 'some' | 'none';
  /** The column of the active cell, if it is in the head. */
  active: number | null;
  onAll(): void;
}

/** Two lines: what kind of columns these are, and their names, which sort. */
export function GridHead(props: IProps): ReactElement {
  const { pinned, free, window, offsets, nameWidth, domId } = props;
  const trans = useTranslation();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) {
      box.current.indeterminate = props.all === 'some';
    }
  }, [props.all]);
  const shown = free.slice(window.from, window.to);
  const cell = (column: IGridColumn, number: number, style: CSSProperties): ReactElement => (
    <HeadCell
      key={column.id}
      {...props}
      column={column}
      domCellId={cellId(domId, { row: -1, column: number })}
      number={number}
      isActive={props.active === number}
      style={style}
    />
  );
  return (
    <div className="jp-mlops-grid-head" role="rowgroup">
      <div role="row" className="jp-mlops-bands" aria-rowindex={1}>
        <div role="presentation" className="jp-mlops-first" style={{ width: nameWidth }} />
        {pinned.length > 0 && (
          <div
            role="columnheader"
            aria-colindex={2}
            aria-colspan={pinned.length}
            className="jp-mlops-first"
            style={{ width: width(pinned), left: nameWidth }}
          >
            <span>{trans.__('Pinned')}</span>
          </div>
        )}
        {window.before > 0 && <div className="jp-mlops-gap" style={{ width: window.before }} />}
        {bands(shown).map(({ band, columns }) => (
          <div
            key={columns[0]?.id}
            role="columnheader"
            aria-colspan={columns.length}
            style={{ width: width(columns) }}
            title={band}
          >
            <span>{band}</span>
          </div>
        ))}
      </div>
      <div role="row" className="jp-mlops-names" aria-rowindex={2}>
        <HeadCell
          {...props}
          column={{ id: props.nameId, label: props.label, band: '', numeric: false, width: nameWidth }}
          domCellId={cellId(domId, { row: -1, column: 0 })}
          number={0}
          isActive={props.active === 0}
          style={{ width: nameWidth }}
        >
          <input
            ref={box}
            type="checkbox"
            tabIndex={-1}
            checked={props.all === 'all'}
            onChange={props.onAll}
            aria-label={trans.__('Select all runs')}
          />
        </HeadCell>
        {pinned.map((column, at) =>
          cell(column, at + 1, { width: column.width, left: offsets[at], position: 'sticky', zIndex: 1 })
        )}
        {window.before > 0 && <div className="jp-mlops-gap" style={{ width: window.before }} />}
        {shown.map((column, at) =>
          cell(column, pinned.length + window.from + at + 1, { width: column.width })
        )}
      </div>
    </div>
  );
}

function width(columns: IGridColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0);
}

function bands(columns: IGridColumn[]): { band: string; columns: IGridColumn[] }[] {
  const found: { band: string; columns: IGridColumn[] }[] = [];
  for (const column of columns) {
    const last = found[found.length - 1];
    if (last?.band === column.band) {
      last.columns.push(column);
    } else {
      found.push({ band: column.band, columns: [column] });
    }
  }
  return found;
}

interface ICellProps extends IHeadEvents {
  column: IGridColumn;
  domCellId: string;
  number: number;
  nameId: string;
  sort: ISort[];
  isActive: boolean;
  style: CSSProperties;
  children?: ReactElement;
}

const DRAGGED = 'application/x-mlops-column';

function HeadCell(props: ICellProps): ReactElement {
  const { column, sort, number, nameId, onSort, onMenu } = props;
  const trans = useTranslation();
  const rank = sort.findIndex(one => one.id === column.id);
  const desc = sort[rank]?.desc;
  const isName = column.id === nameId;
  const { onMove, onWidth } = props;
  const drag = isName || onMove === undefined ? {} : dragging(column.id, onMove);
  const classes = ['jp-mlops-cell', column.numeric && 'jp-mlops-number', isName && 'jp-mlops-first'];
  return (
    <div
      id={props.domCellId}
      role="columnheader"
      className={classes.filter(Boolean).join(' ')}
      aria-colindex={number + 1}
      aria-sort={desc === undefined ? 'none' : desc ? 'descending' : 'ascending'}
      data-column={column.id}
      data-active={props.isActive || undefined}
      style={props.style}
      {...drag}
    >
      <div className="jp-mlops-head-cell">
        {props.children}
        <button
          type="button"
          className="jp-mlops-sort"
          tabIndex={-1}
          disabled={column.unsorted === true}
          title={
            column.unsorted === true
              ? column.label
              : trans.__('%1: sort (with Shift: after the columns sorted already)', column.label)
          }
          onClick={event => onSort(column.id, event.shiftKey)}
        >
          <span className="jp-mlops-clip">{column.label}</span>
          {column.mark !== undefined && <span className="jp-mlops-mark">{column.mark}</span>}
          <span className="jp-mlops-arrow" aria-hidden="true">
            {desc === undefined ? '' : desc ? '▼' : '▲'}
            {desc !== undefined && sort.length > 1 && <sub>{rank + 1}</sub>}
          </span>
        </button>
        {!isName && onMenu !== undefined && (
          <button
            type="button"
            className="jp-mlops-tool jp-mlops-head-menu"
            tabIndex={-1}
            aria-label={trans.__('Menu of the column %1', column.label)}
            aria-haspopup="menu"
            data-testid="mlops-column-menu"
            onClick={event => onMenu(column.id, event.currentTarget)}
          >
            <Icon name="dots" size={12} />
          </button>
        )}
      </div>
      {!isName && onWidth !== undefined && <Edge column={column} onWidth={onWidth} />}
    </div>
  );
}

function dragging(id: string, onMove: NonNullable<IHeadEvents['onMove']>): object {
  return {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.setData(DRAGGED, id);
      event.dataTransfer.effectAllowed = 'move';
    },
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (event.dataTransfer.types.includes(DRAGGED)) {
        event.preventDefault();
        event.currentTarget.dataset.over = 'true';
      }
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => delete event.currentTarget.dataset.over,
    onDrop: (event: DragEvent<HTMLElement>) => {
      delete event.currentTarget.dataset.over;
      const moved = event.dataTransfer.getData(DRAGGED);
      if (moved !== '' && moved !== id) {
        event.preventDefault();
        event.stopPropagation();
        onMove(moved, id);
      }
    }
  };
}

const LEAST = 40;
const MOST = 900;

/** Dragged it makes the column wider, a double click gives it back its own width. */
function Edge({
  column,
  onWidth
}: {
  column: IGridColumn;
  onWidth: NonNullable<IHeadEvents['onWidth']>;
}): ReactElement {
  const start = useRef<{ x: number; width: number } | null>(null);
  const follow = (event: PointerEvent): void => {
    const { current } = start;
    if (current !== null) {
      const wide = current.width + event.clientX - current.x;
      onWidth(column.id, Math.round(Math.min(MOST, Math.max(LEAST, wide))));
    }
  };
  return (
    <span
      className="jp-mlops-edge"
      aria-hidden="true"
      draggable
      onDragStart={event => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={event => {
        start.current = { x: event.clientX, width: column.width };
        event.currentTarget.setPointerCapture(event.pointerId);
        event.stopPropagation();
      }}
      onPointerMove={follow}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={() => onWidth(column.id, null)}
    />
  );
}
