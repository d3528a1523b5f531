import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement
} from 'react';
import { useTranslation } from '../translation';
import { ExperimentRow } from './ExperimentRow';
import { RunRow } from './RunRow';
import type { RunTree } from './runTree';
import type { IFound, Item } from './treeItems';
import type { IListedRun } from './types';
import type { IRunSelection } from './useRunSelection';

interface IProps {
  tree: RunTree;
  found: IFound;
  selection: IRunSelection;
  now: number;
  /** The run whose name is being written. */
  renamed: string | null;
  onToggle(key: string): void;
  onRenamed(run: IListedRun, name: string | null): void;
  onOpen(run: IListedRun): void;
  onMenu(run: IListedRun, at: HTMLElement, point?: { x: number; y: number }): void;
  /** A key that means something for what is selected; whether it did. */
  onKey(event: KeyboardEvent): boolean;
}

const BEFORE = 6;
const PAGE = 10;

/** The tree of experiments and runs: only rows in sight are in the page. */
export function RunTreeView(props: IProps): ReactElement {
  const { tree, found, selection, now, renamed } = props;
  const trans = useTranslation();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { top, height } = useSight(scroller);
  const from = Math.max(0, tree.spans.indexAt(top) - BEFORE);
  const to = Math.min(tree.spans.length, tree.spans.indexAt(top + height) + 1 + BEFORE);
  useEffect(() => tree.want(from, to), [tree, from, to, found.version]);
  const activeIndex = selection.active === null ? -1 : tree.indexOf(selection.active);

  const focus = (): void =>
    scroller.current?.querySelector<HTMLElement>('[role=tree]')?.focus({ preventScroll: true });
  const go = (index: number, { shiftKey, ctrlKey }: { shiftKey: boolean; ctrlKey: boolean }): void => {
    const item = tree.at(Math.min(tree.spans.length - 1, Math.max(0, index)));
    if (item === null) {
      return;
    }
    selection.setActive(item.key);
    reveal(scroller.current, tree, tree.indexOf(item.key));
    if (item.kind === 'run' && !ctrlKey) {
      selection.pick(item.run, { range: shiftKey, toggle: false });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const item = activeIndex < 0 ? null : tree.at(activeIndex);
    const steps: { [key: string]: number } = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      PageDown: activeIndex + PAGE,
      PageUp: activeIndex - PAGE,
      Home: 0,
      End: tree.spans.length - 1
    };
    const step = steps[event.key];
    if (step !== undefined) {
      go(step, { shiftKey: event.shiftKey, ctrlKey: event.ctrlKey || event.metaKey });
    } else if (event.key === 'ArrowRight' && item !== null && item.kind !== 'waiting') {
      item.isOpen ? go(activeIndex + 1, event) : canOpen(item) && props.onToggle(item.key);
    } else if (event.key === 'ArrowLeft' && item !== null && item.kind !== 'waiting') {
      item.isOpen ? props.onToggle(item.key) : go(tree.spans.parentOf(activeIndex), event);
    } else if (event.key === ' ' && item?.kind === 'run') {
      selection.pick(item.run, { range: event.shiftKey, toggle: true });
    } else if (event.key === 'Enter' && item?.kind === 'run') {
      props.onOpen(item.run);
    } else if ((event.key === 'Enter' || event.key === ' ') && item?.kind === 'experiment') {
      props.onToggle(item.key);
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${activeIndex}"]`);
      if (item?.kind === 'run' && row) {
        props.onMenu(item.run, row);
      }
    } else if (!props.onKey(event)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (item: Item, event: MouseEvent): void => {
    if (item.kind === 'run') {
      selection.pick(item.run, { range: event.shiftKey, toggle: event.ctrlKey || event.metaKey });
    } else if (item.kind === 'experiment') {
      selection.setActive(item.key);
      props.onToggle(item.key);
    }
    focus();
  };

  const rows: ReactElement[] = [];
  for (let index = from; index < to; index += 1) {
    const item = tree.at(index);
    if (item === null) {
      continue;
    }
    const run = item.kind === 'run' ? item.run : null;
    rows.push(
      <div
        key={item.key}
        id={`${id}-${item.key}`}
        role="treeitem"
        className="jp-mlops-tree-row"
        style={{ top: tree.spans.top(index), height: tree.spans.bottom(index) - tree.spans.top(index) }}
        data-kind={item.kind}
        data-index={index}
        data-level={item.level}
        data-active={item.key === selection.active || undefined}
        data-testid={run ? 'mlops-run' : item.kind === 'experiment' ? 'mlops-experiment' : undefined}
        data-run-id={run?.runId}
        data-archived={run?.isArchived || undefined}
        aria-level={item.level}
        aria-posinset={item.kind === 'run' ? item.place + 1 : undefined}
        aria-setsize={item.kind === 'run' ? item.of : undefined}
        aria-selected={run ? selection.runs.has(run.runId) : undefined}
        aria-expanded={item.kind !== 'waiting' && canOpen(item) ? item.isOpen : undefined}
        onClick={event => onClick(item, event)}
        onDoubleClick={() => run && props.onOpen(run)}
        onContextMenu={event => {
          if (run) {
            event.preventDefault();
            event.stopPropagation();
            props.onMenu(run, event.currentTarget, { x: event.clientX, y: event.clientY });
          }
        }}
      >
        {item.kind === 'experiment' && (
          <ExperimentRow
            experiment={item.experiment}
            isOpen={item.isOpen}
            onToggle={() => props.onToggle(item.key)}
          />
        )}
        {item.kind === 'run' && (
          <RunRow
            run={item.run}
            main={item.main}
            now={now}
            isOpen={item.isOpen}
            isRenamed={item.run.runId === renamed}
            onToggle={() => props.onToggle(item.key)}
            onMenu={at => props.onMenu(item.run, at)}
            onRenamed={name => {
              props.onRenamed(item.run, name);
              focus();
            }}
          />
        )}
        {item.kind === 'waiting' && <span className="jp-mlops-quiet">{trans.__('Loading…')}</span>}
      </div>
    );
  }
  return (
    <div className="jp-mlops-list" ref={scroller}>
      <div
        role="tree"
        tabIndex={0}
        aria-multiselectable="true"
        aria-label={trans.__('Experiments and runs')}
        aria-activedescendant={
          activeIndex >= from && activeIndex < to ? `${id}-${selection.active}` : undefined
        }
        className="jp-mlops-panel-tree"
        style={{ height: tree.spans.height }}
        onKeyDown={onKeyDown}
        onFocus={() => selection.active === null && selection.setActive(tree.at(from)?.key ?? null)}
      >
        {rows}
      </div>
    </div>
  );
}

function canOpen(item: Exclude<Item, { kind: 'waiting' }>): boolean {
  return item.kind === 'experiment' ? item.experiment.count > 0 : item.run.children > 0;
}

function reveal(box: HTMLElement | null, tree: RunTree, index: number): void {
  if (box === null || index < 0) {
    return;
  }
  const [top, bottom] = [tree.spans.top(index), tree.spans.bottom(index)];
  if (top < box.scrollTop) {
    box.scrollTop = top;
  } else if (bottom > box.scrollTop + box.clientHeight) {
    box.scrollTop = bottom - box.clientHeight;
  }
}

const STEP = 20;

/** What of a box is in sight, in steps: not every pixel draws the rows anew. */
function useSight(box: { current: HTMLElement | null }): { top: number; height: number } {
  const [sight, setSight] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) {
      return;
    }
    const look = (): void => {
      // A panel that is hidden has no height: what it showed stays.
      const { scrollTop, clientHeight } = current;
      const top = Math.floor(scrollTop / STEP) * STEP;
      setSight(old =>
        clientHeight === 0 || (old.top === top && old.height === clientHeight)
          ? old
          : { top, height: clientHeight }
      );
    };
    const resized = new ResizeObserver(look);
    resized.observe(current);
    current.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      current.removeEventListener('scroll', look);
    };
  }, [box]);
  return sight;
}
