import { useEffect, useMemo, type ReactElement } from 'react';
import { readState } from '../components/compare/bundles';
import { Compare } from '../components/compare/Compare';
import { readSaved, scopeQuery, type ISavedView } from '../components/compare/useSavedViews';
import { Message } from '../components/Message';
import { useTranslation } from '../components/translation';
import type { ICompareState } from '../components/types';
import { written, type IPlace } from '../components/addresses';
import { CompareHost } from '../stores/compareHost';
import { ViewState } from '../stores/viewState';
import type { IPlaceProps } from './places';

/** The runs that the address names, or all of an experiment, side by side. */
export function ComparePlace({ store, navigation, stamp, place }: IPlaceProps): ReactElement {
  const trans = useTranslation();
  const scope = scopeOf(place);
  const key = JSON.stringify(scope);
  const count = scope?.run_ids?.length ?? null;
  const { host, state } = useMemo(() => {
    const bundle = CompareHost.bundle(store, scope ?? { run_ids: [] });
    const began = shownBy(navigation.current());
    const state = new ViewState(began, now => navigation.go(addressOf(now, navigation.current()), true));
    return { host: new CompareHost(bundle, store, state), state };
  }, [store, navigation, key]);
  useEffect(() => {
    if (stamp > 0) {
      state.reload();
    }
  }, [state, stamp]);
  useEffect(() => {
    navigation.named?.(
      count === null ? trans.__('Compare runs') : trans._n('Compare %1 run', 'Compare %1 runs', count)
    );
  }, [navigation, count, trans]);
  const view = place.query.get('view');
  useEffect(() => {
    if (view !== null && view !== state.get().state.view) {
      open(host, view).then(
        saved => saved !== undefined && state.follow({ ...readState(saved.state), view }),
        () => undefined
      );
    }
  }, [host, state, view]);
  return (
    <>
      <h1>{trans.__('Compare runs')}</h1>
      {scope === null ? (
        <Message
          title={trans.__('No runs are chosen')}
          text={trans.__('Choose two runs or more in the list of runs.')}
        />
      ) : (
        <Compare key={key} host={host} />
      )}
    </>
  );
}

function scopeOf({ query }: IPlace): { run_ids?: string[]; experiment_ids?: string[] } | null {
  const runs = (query.get('runs') ?? '').split(',').filter(Boolean);
  const experiment = query.get('experiment');
  return runs.length > 0 ? { run_ids: runs } : experiment !== null ? { experiment_ids: [experiment] } : null;
}

/** How the address says that it is shown; a saved view without more is still to be opened. */
export function shownBy({ query }: IPlace): ICompareState {
  const rest = query.get('state');
  const state = readState(rest === null ? null : parsed(rest));
  return {
    ...state,
    filter: query.get('filter') ?? '',
    group: query.get('group'),
    baseline: query.get('baseline'),
    view: rest === null ? null : query.get('view'),
    charts: { ...state.charts, tab: query.get('tab') ?? '' }
  };
}

/** The address of the same runs as they are shown now: what people write by hand in words, the rest as JSON. */
export function addressOf(state: ICompareState, { query }: IPlace): string {
  const { filter, group, baseline, view, charts, ...others } = state;
  const usual: { [name: string]: unknown } = { ...readState(null) };
  const rest = Object.entries({ ...others, charts: { ...charts, tab: '' } }).filter(
    ([name, part]) => JSON.stringify(part) !== JSON.stringify(usual[name])
  );
  return written(['compare'], {
    runs: query.get('runs'),
    experiment: query.get('experiment'),
    filter,
    group,
    baseline,
    view,
    tab: charts.tab,
    state: rest.length > 0 || view !== null ? JSON.stringify(Object.fromEntries(rest)) : null
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

async function open(host: CompareHost, name: string): Promise<ISavedView | undefined> {
  const { views } = readSaved(await host.ask('saved_views', { query: scopeQuery(host) }));
  return views.find(one => one.name === name);
}
