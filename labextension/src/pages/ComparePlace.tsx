import { useEffect, useMemo, type ReactElement } from 'react';
import { Compare } from '../components/compare/Compare';
import { Message } from '../components/Message';
import { CompareHost } from '../stores/compareHost';
import { ViewState } from '../stores/viewState';
import { useTranslation } from '../components/translation';
import type { IPlaceProps } from './places';

/** The runs that the address names, side by side. */
export function ComparePlace({ store, stamp, place }: IPlaceProps): ReactElement {
  const trans = useTranslation();
  const runs = place.query.get('runs') ?? '';
  const { host, state } = useMemo(() => {
    const bundle = CompareHost.bundle(store, { run_ids: runs.split(',').filter(Boolean) });
    const state = new ViewState(bundle.state, () => undefined);
    return { host: new CompareHost(bundle, store, state), state };
  }, [store, runs]);
  useEffect(() => {
    if (stamp > 0) {
      state.reload();
    }
  }, [state, stamp]);
  return (
    <>
      <h1>{trans.__('Compare runs')}</h1>
      {runs === '' ? (
        <Message
          title={trans.__('No runs are chosen')}
          text={trans.__('Choose two runs or more in the list of runs.')}
        />
      ) : (
        <Compare key={runs} host={host} />
      )}
    </>
  );
}
