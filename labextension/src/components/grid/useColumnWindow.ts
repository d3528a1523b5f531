import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, type RefObject } from 'react';
import type { IGridColumn } from './types';

/** Below this, drawing all columns costs less than following the scroll. */
const FEW = 24;

export interface IColumnWindow {
  from: number;
  /** One past the last. */
  to: number;
  /** Room that the columns before take. */
  before: number;
  show(index: number): void;
}

/** Which columns are in sight, so that a row of hundreds of cells draws a dozen. */
export function useColumnWindow(
  scroller: RefObject<HTMLElement>,
  columns: IGridColumn[],
  first: number
): IColumnWindow {
  const many = columns.length > FEW;
  const virtual = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: index => columns[index]?.width ?? 0,
    initialRect: { width: 900, height: 400 },
    paddingStart: first,
    scrollPaddingStart: first,
    overscan: 3
  });
  useEffect(() => virtual.measure(), [virtual, columns]);
  const items = many ? virtual.getVirtualItems() : [];
  const from = items[0]?.index ?? 0;
  const to = many ? (items[items.length - 1]?.index ?? -1) + 1 : columns.length;
  const before = (items[0]?.start ?? first) - first;
  return useMemo(
    () => ({
      from,
      to,
      before,
      show: index => index >= 0 && virtual.scrollToIndex(index, { align: 'auto' })
    }),
    [from, to, before, virtual]
  );
}
