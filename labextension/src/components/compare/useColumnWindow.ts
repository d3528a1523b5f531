import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, type RefObject } from 'react';
import type { IShownColumn } from './columns';

/** Below this, drawing all columns costs less than following the scroll. */
const FEW = 24;

export interface IColumnWindow {
  from: number;
  /** One past the last. */
  to: number;
}

/** Which columns are in sight, so that a row of hundreds of cells draws a dozen. */
export function useColumnWindow(
  scroller: RefObject<HTMLElement>,
  columns: IShownColumn[],
  first: number
): IColumnWindow {
  const many = columns.length > FEW;
  const virtual = useVirtualizer({
    horizontal: true,
    enabled: many,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: index => columns[index]?.width ?? 0,
    initialRect: { width: 800, height: 400 },
    paddingStart: first,
    overscan: 3
  });
  useEffect(() => virtual.measure(), [virtual, columns]);
  const items = many ? virtual.getVirtualItems() : [];
  const from = items[0]?.index;
  const to = items[items.length - 1]?.index;
  return from === undefined || to === undefined ? { from: 0, to: columns.length } : { from, to: to + 1 };
}
