import { useCallback, useRef, useState, type KeyboardEvent } from 'react';

export interface IPick {
  range: boolean;
  toggle: boolean;
}

interface ISelection {
  active: string | null;
  pick(runId: string, how: IPick): void;
  onKeyDown(event: KeyboardEvent): void;
}

const PAGE = 10;

/** The selection of a list, as file managers do it: click, ctrl-click, shift-click, arrows, space. */
export function useSelection(
  order: string[],
  selection: string[],
  change: (selection: string[]) => void
): ISelection {
  const [active, setActive] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  // One stable callback for thousands of rows: it reads the latest list when it is called.
  const latest = useRef({ order, selection, change });
  latest.current = { order, selection, change };

  const pick = useCallback((runId: string, how: IPick) => {
    const { order, selection, change } = latest.current;
    setActive(runId);
    if (how.range && anchor.current !== null && order.includes(anchor.current)) {
      const ends = [order.indexOf(anchor.current), order.indexOf(runId)].sort((a, b) => a - b);
      const span = order.slice(ends[0], (ends[1] ?? 0) + 1);
      change(how.toggle ? [...new Set([...selection, ...span])] : span);
      return;
    }
    anchor.current = runId;
    const chosen = selection.includes(runId);
    if (how.toggle) {
      change(chosen ? selection.filter(one => one !== runId) : [...selection, runId]);
    } else {
      change(chosen && selection.length === 1 ? [] : [runId]);
    }
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = active === null ? -1 : order.indexOf(active);
    const steps: { [key: string]: number } = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + PAGE,
      PageUp: at - PAGE,
      Home: 0,
      End: order.length - 1
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const next = order[Math.min(order.length - 1, Math.max(0, step))];
      if (next !== undefined) {
        if (event.shiftKey) {
          anchor.current ??= active ?? next;
          pick(next, { range: true, toggle: false });
        } else {
          setActive(next);
        }
      }
    } else if (event.key === ' ' || event.key === 'Enter') {
      const target = active ?? order[0];
      if (target !== undefined) {
        pick(target, { range: event.shiftKey, toggle: true });
      }
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      change(order);
    } else if (event.key === 'Escape') {
      change([]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return { active, pick, onKeyDown };
}
