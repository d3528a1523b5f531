import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { usePreferences } from '../preferences';
import { RunTree } from './runTree';
import type { IFound } from './treeItems';
import type { IRunQuery, IStoreHost } from './types';

const HEIGHTS = {
  comfortable: { experiment: 28, run: 44 },
  compact: { experiment: 24, run: 38 }
};

/** The runs that were looked for last; those of the former query stay until the first answer is here. */
export function useRunTree(
  host: IStoreHost,
  { shown, filter }: IRunQuery,
  refresh: number,
  opened: ReadonlySet<string> | null
): { tree: RunTree; found: IFound; asked: IFound; retry(): void } {
  const latest = useRef(opened);
  latest.current = opened;
  const heights = HEIGHTS[usePreferences().density];
  const asked = useMemo(
    () => new RunTree(host, { shown, filter }, heights, latest.current),
    [host, shown, filter]
  );
  const answer = useSyncExternalStore(asked.subscribe, asked.get);
  const last = useRef(asked);
  useEffect(() => {
    asked.want(0, 40);
    return () => asked.dispose();
  }, [asked]);
  if (answer.isThere) {
    last.current = asked;
  }
  const tree = last.current;
  useEffect(() => {
    asked.lay(heights);
    tree.lay(heights);
  }, [asked, tree, heights]);
  const found = useSyncExternalStore(tree.subscribe, tree.get);
  const seen = useRef(refresh);
  useEffect(() => {
    if (seen.current !== refresh) {
      seen.current = refresh;
      asked.refresh();
    }
  }, [asked, refresh]);
  return { tree, found, asked: answer, retry: () => asked.retry() };
}
