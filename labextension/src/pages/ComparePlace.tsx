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
import type { INavigation, IPlaceProps } from './places';

/** The runs that the address names, or all of an experiment, side by side. */
export function ComparePlace({ store, navigation, stamp, place }: IPlaceProps): ReactElement {
  const trans = useTranslation();
  const scope = scopeOf(place);
  const key = JSON.stringify(scope);
  const count = scope?.run_ids?.length ?? null;
  const { host, state } = useMemo(() => {
    const bundle = CompareHost.bundle(store, scope ?? { run_ids: [] });
    const began: ICompareState = { ...bundle.state, ...partOf(navigation.current(), bundle.state) };
    const state = new ViewState(began, now => told(now, navigation));
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

/** What the address says of how it is shown. */
function partOf({ query }: IPlace, { charts }: ICompareState): Partial<ICompareState> {
  return {
    filter: query.get('filter') ?? '',
    group: query.get('group'),
    baseline: query.get('baseline'),
    charts: { ...charts, tab: query.get('tab') ?? charts.tab }
  };
}

function told({ filter, group, baseline, charts, view }: ICompareState, navigation: INavigation): void {
  const { query } = navigation.current();
  const shown = { filter, group, baseline, view, tab: charts.tab };
  navigation.go(
    written(['compare'], { runs: query.get('runs'), experiment: query.get('experiment'), ...shown }),
    true
  );
}

async function open(host: CompareHost, name: string): Promise<ISavedView | undefined> {
  const { views } = readSaved(await host.ask('saved_views', { query: scopeQuery(host) }));
  return views.find(one => one.name === name);
}
