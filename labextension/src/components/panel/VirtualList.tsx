import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useTranslation } from '../translation';

interface IProps<T> {
  label: string;
  items: T[];
  height: number;
  keyOf(item: T): string;
  render(item: T, tabIndex: number): ReactElement;
  more: (() => void) | null;
}

/** A panel that is hidden measures nothing: then the size is what it was, or the list would scroll away. */
function measured(element: Element, sizes: WeakMap<Element, number>, otherwise: number): number {
  const size = element instanceof HTMLElement ? element.offsetHeight : 0;
  if (size > 0) {
    sizes.set(element, size);
  }
  return size || (sizes.get(element) ?? otherwise);
}

/** Only what can be seen is in the page; arrow keys go from item to item, and the end asks for more. */
export function VirtualList<T>({ label, items, height, keyOf, render, more }: IProps<T>): ReactElement {
  const trans = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const sizes = useRef(new WeakMap<Element, number>());
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: index => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    estimateSize: () => height,
    measureElement: element => measured(element, sizes.current, height),
    initialRect: { width: 280, height: 600 },
    overscan: 6
  });
  const shown = virtual.getVirtualItems();
  const last = shown[shown.length - 1]?.index ?? -1;
  useEffect(() => {
    if (more !== null && last >= 0 && last >= items.length - 1) {
      more();
    }
  }, [more, last, items.length]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const from = (event.target as HTMLElement).closest('.jp-mlops-item-button');
    const steps: { [key: string]: number } = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: items.length - 1
    };
    const step = steps[event.key];
    if (from === null || step === undefined) {
      return;
    }
    event.preventDefault();
    const next = Math.min(items.length - 1, Math.max(0, step));
    setActive(next);
    virtual.scrollToIndex(next, { align: 'auto' });
    // The item may have to be drawn before it can have the focus.
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-index="${next}"] .jp-mlops-item-button`)
        ?.focus({ preventScroll: true })
    );
  };

  // When the active item is scrolled away, Tab enters the list at the first one that is there.
  const stop = shown.some(one => one.index === active) ? active : (shown[0]?.index ?? 0);
  return (
    <div className="jp-mlops-list" ref={scroller} onKeyDown={onKeyDown}>
      <div role="list" aria-label={label} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {shown.map(one => {
          const item = items[one.index];
          return (
            item !== undefined && (
              <div
                key={one.key}
                role="listitem"
                aria-setsize={more === null ? items.length : -1}
                aria-posinset={one.index + 1}
                className="jp-mlops-list-item"
                data-index={one.index}
                ref={virtual.measureElement}
                style={{ transform: `translateY(${one.start}px)` }}
                onFocus={() => setActive(one.index)}
              >
                {render(item, one.index === stop ? 0 : -1)}
              </div>
            )
          );
        })}
      </div>
      {more !== null && (
        <button type="button" className="jp-mlops-more" onClick={more}>
          {trans.__('Load more')}
        </button>
      )}
    </div>
  );
}
