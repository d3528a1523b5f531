import { useCallback, useRef, useState, type KeyboardEvent } from 'react';
import type { IPick } from '../useSelection';
import type { IGridColumn, IGridRow, IPlace } from './types';

/** Rows of a page. */
const PAGE = 10;
const WIDER = 16;

export function cellId(domId: string, { row, column }: IPlace): string {
  return `${domId}${row}-${column}`;
}

/** What the keyboard and the mouse do in a grid. */
export interface IGridActions {
  /** Null where nothing is. */
  onCell(place: IPlace, element: HTMLElement, how: 'open' | 'edit'): void;
  onSelection(runIds: string[]): void;
  onSort(id: string, further: boolean): void;
  onMenu?: (id: string, element: HTMLElement) => void;
  /** Puts a column before another, or last. */
  onMove?: (id: string, before: string | null) => void;
  onWidth?: (id: string, width: number | null) => void;
}

interface IOf extends IGridActions {
  total: number;
  row(index: number): IGridRow | undefined;
  nameId: string;
  selection: ReadonlySet<string>;
}

interface IGridKeys {
  active: IPlace | null;
  move(place: IPlace): void;
  pick(index: number, how: IPick): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** One cell is active, the head's too: arrows move it, and what is done is done to it. */
export function useGridKeys(of: IOf, columns: IGridColumn[]): IGridKeys {
  const [active, setActive] = useState<IPlace | null>(null);
  const anchor = useRef<number | null>(null);
  // One stable callback for thousands of rows: it reads the latest when it is called.
  const latest = useRef(of);
  latest.current = of;
  const pick = useCallback((index: number, how: IPick) => {
    const { row, selection, onSelection } = latest.current;
    const runId = row(index)?.runId;
    if (runId == null) {
      return;
    }
    const chosen = [...selection];
    if (how.range && anchor.current !== null) {
      const [first, last] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      const span = runsBetween(row, first, last);
      onSelection(how.toggle ? [...new Set([...chosen, ...span])] : span);
      return;
    }
    anchor.current = index;
    if (how.toggle) {
      onSelection(selection.has(runId) ? chosen.filter(one => one !== runId) : [...chosen, runId]);
    } else {
      onSelection(selection.has(runId) && chosen.length === 1 ? [] : [runId]);
    }
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = active ?? { row: -1, column: 0 };
    const element = document.getElementById(event.currentTarget.getAttribute('aria-activedescendant') ?? '');
    const done =
      (at.row === -1 && active !== null && headKey(event, at, columns, of, element)) ||
      bodyKey(event, at, element) ||
      moved(event, at);
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  const bodyKey = (event: KeyboardEvent, at: IPlace, element: HTMLElement | null): boolean => {
    const control = event.ctrlKey || event.metaKey;
    if (event.key === 'a' && control) {
      of.onSelection(runsBetween(of.row, 0, of.total - 1));
    } else if (event.key === 'Escape' && of.selection.size > 0) {
      of.onSelection([]);
    } else if (at.row < 0) {
      return false;
    } else if (event.key === ' ') {
      pick(at.row, { range: event.shiftKey, toggle: true });
    } else if ((event.key === 'Enter' || event.key === 'F2') && element !== null) {
      of.onCell(at, element, event.key === 'F2' ? 'edit' : 'open');
    } else {
      return false;
    }
    return true;
  };

  const moved = (event: KeyboardEvent, at: IPlace): boolean => {
    const next = target(event, at, of.total, columns.length);
    if (next === null) {
      return false;
    }
    setActive(next);
    if (event.shiftKey && next.row >= 0 && next.row !== at.row) {
      anchor.current ??= Math.max(0, at.row);
      pick(next.row, { range: true, toggle: false });
    }
    return true;
  };
  return { active, move: setActive, pick, onKeyDown };
}

function runsBetween(row: IOf['row'], first: number, last: number): string[] {
  const found: string[] = [];
  for (let index = first; index <= last; index += 1) {
    const runId = row(index)?.runId;
    if (runId != null) {
      found.push(runId);
    }
  }
  return found;
}

function target(event: KeyboardEvent, at: IPlace, total: number, columns: number): IPlace | null {
  const { row, column } = at;
  const control = event.ctrlKey || event.metaKey;
  const places: { [key: string]: IPlace } = {
    ArrowDown: { row: row + 1, column },
    ArrowUp: { row: row - 1, column },
    ArrowRight: { row, column: column + 1 },
    ArrowLeft: { row, column: column - 1 },
    PageDown: { row: row + PAGE, column },
    PageUp: { row: Math.max(0, row - PAGE), column },
    Home: control ? { row: 0, column: 0 } : { row, column: 0 },
    End: control ? { row: total - 1, column: columns } : { row, column: columns }
  };
  const next = places[event.key];
  return next === undefined
    ? null
    : {
        row: Math.max(-1, Math.min(total - 1, next.row)),
        column: Math.max(0, Math.min(columns, next.column))
      };
}

/** In the head Enter sorts, the space bar opens the column's menu, and arrows with Ctrl or Shift move and widen it. */
function headKey(
  event: KeyboardEvent,
  { column }: IPlace,
  columns: IGridColumn[],
  of: IOf,
  element: HTMLElement | null
): boolean {
  const here = columns[column - 1];
  const control = event.ctrlKey || event.metaKey;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === 'Enter' && here?.unsorted !== true) {
    of.onSort(here?.id ?? of.nameId, event.shiftKey);
  } else if ((event.key === ' ' || (event.altKey && event.key === 'ArrowDown')) && element !== null) {
    of.onMenu?.(here?.id ?? of.nameId, element);
  } else if (here !== undefined && step !== undefined && control) {
    of.onMove?.(here.id, columns[column - 1 + (step > 0 ? 2 : -1)]?.id ?? null);
  } else if (here !== undefined && step !== undefined && event.shiftKey) {
    of.onWidth?.(here.id, here.width + step * WIDER);
  } else {
    return false;
  }
  return true;
}
