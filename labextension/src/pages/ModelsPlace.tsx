import { useEffect, useMemo, type ReactElement } from 'react';
import { lastPart } from '../components/formats';
import { Models } from '../components/models/Models';
import { TABS, type IModelsState } from '../components/models/types';
import { useTranslation } from '../components/translation';
import { written, type IPlace } from '../components/addresses';
import { ModelsHost } from '../stores/modelsHost';
import { ViewState } from '../stores/viewState';
import type { INavigation, IPlaceProps } from './places';

/** The registry, with what is opened and chosen in the address. */
export function ModelsPlace({ store, navigation, stamp, place }: IPlaceProps): ReactElement {
  const trans = useTranslation();
  const { host, state } = useMemo(() => {
    const bundle = ModelsHost.bundle(store, stateOf(navigation.current()));
    const state = new ViewState(bundle.state, state => told(state, navigation));
    return { host: new ModelsHost(bundle, store, state), state };
  }, [store, navigation]);
  useEffect(() => {
    // Back, forward and links; what the view itself did is there already.
    const wanted = stateOf(place);
    if (addressOf({ ...state.get().state, ...wanted }) !== addressOf(state.get().state)) {
      state.follow(wanted);
    }
  }, [state, place]);
  useEffect(() => {
    if (stamp > 0) {
      state.reload();
    }
  }, [state, stamp]);
  const name = place.path[1];
  useEffect(() => navigation.named?.(name ?? trans.__('Models')), [navigation, name, trans]);
  return (
    <>
      <h1 className={place.path[1] === undefined ? undefined : 'jp-mlops-sr'}>{trans.__('Models')}</h1>
      <Models host={host} />
    </>
  );
}

function stateOf({ path, query }: IPlace): Partial<IModelsState> {
  const name = path[1] ?? null;
  return {
    name,
    search: query.get('search') ?? '',
    order_by: query.get('order') === 'updated' ? 'updated' : 'name',
    tab: TABS.find(one => one === query.get('tab')) ?? 'versions',
    selection: (query.get('versions') ?? '')
      .split(',')
      .filter(Boolean)
      .map(version => `${name ?? ''}/${version}`)
  };
}

function addressOf({ name, search, order_by, tab, selection }: IModelsState): string {
  const versions = selection.map(lastPart).join(',');
  return written(name === null ? ['models'] : ['models', name], {
    search,
    order: order_by === 'name' ? null : order_by,
    tab: tab === 'versions' ? null : tab,
    versions: name === null ? null : versions
  });
}

/** Another model or tab is another place; what is typed or chosen in one is not. */
function told(state: IModelsState, { current, go }: INavigation): void {
  const { path, query } = current();
  const isElsewhere = (path[1] ?? null) !== state.name || (query.get('tab') ?? 'versions') !== state.tab;
  go(addressOf(state), !isElsewhere);
}
