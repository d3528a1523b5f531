import { useEffect, useMemo, type ReactElement } from 'react';
import { Compare } from '../components/compare/Compare';
import { Message } from '../components/Message';
import type { IPlaceProps } from './App';
import { CompareHost } from './compareHost';
import type { IPlace } from './router';
import { ViewState } from './viewState';

/** The runs that the address names, side by side. */
export function ComparePlace({
  server,
  drawings,
  stamp,
  place
}: IPlaceProps & { place: IPlace }): ReactElement {
  const runs = place.query.get('runs') ?? '';
  const { host, state } = useMemo(() => {
    const bundle = CompareHost.bundle(runs.split(',').filter(Boolean));
    const state = new ViewState(bundle.state, () => undefined);
    return { host: new CompareHost(bundle, server, drawings, state), state };
  }, [server, drawings, runs]);
  useEffect(() => {
    if (stamp > 0) {
      state.reload();
    }
  }, [state, stamp]);
  return (
    <>
      <h1>Compare runs</h1>
      {runs === '' ? (
        <Message title="No runs are chosen" text="Choose two runs or more in the list of runs." />
      ) : (
        <Compare key={runs} host={host} />
      )}
    </>
  );
}
