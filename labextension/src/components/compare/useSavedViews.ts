import { useCallback, useEffect, useState } from 'react';
import { dict, isDict, list, text, type Dict } from '../parse';
import type { ICompareHost, ICompareState } from '../types';
import type { Source } from '../views';
import { readState } from './bundles';

export interface ISavedView {
  name: string;
  state: Dict;
  /** Whether all of its runs are among those that are compared. */
  fits: boolean;
}

interface ISaved {
  experiment: string;
  views: ISavedView[];
}

interface ISavedViews extends ISaved {
  read(): Promise<void>;
}

const NONE: ISaved = { experiment: '', views: [] };

/** The views of the experiment of these runs: read when one of them is open, or when asked for. */
export function useSavedViews(host: ICompareHost, source: Source, current: string | null): ISavedViews {
  const [saved, setSaved] = useState(NONE);
  const read = useCallback(async () => {
    setSaved(readSaved(await host.chart(source, 'saved_views', { query: scopeQuery(host) })));
  }, [host, source]);
  useEffect(() => {
    if (current !== null && source !== 'snapshot') {
      // Without them only the mark of changes is missing.
      read().catch(() => undefined);
    }
  }, [read, current, source]);
  return { ...saved, read };
}

/** Which runs are compared, without what is typed into the filter. */
export function scopeQuery({ bundle }: Pick<ICompareHost, 'bundle'>): object {
  const { runIds, experimentIds, filter } = bundle.scope;
  return { run_ids: runIds, experiment_ids: experimentIds, filters: filter === '' ? [] : [filter] };
}

/** The answer of the view `saved_views`. */
export function readSaved(answer: unknown): ISaved {
  const { experiment_id, views } = dict(answer);
  return { experiment: text(experiment_id), views: list(views, readView) };
}

function readView(value: unknown): ISavedView | null {
  if (!isDict(value) || typeof value.name !== 'string') {
    return null;
  }
  return {
    name: value.name,
    state: dict(value.state),
    fits: value.fits === true
  };
}

/** Whether what is shown is not what was saved; what is selected and open changes all the time. */
export function isChanged(state: ICompareState, saved: Dict): boolean {
  const shown = (one: ICompareState): string =>
    canonical({ ...one, selection: [], expanded: [], view: null });
  return shown(state) !== shown(readState(saved));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    isDict(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one
  );
}
