import type { ReactElement } from 'react';
import { readRunTab, RunPage } from '../components/runs/RunPage';
import type { IPlaceProps } from './App';
import { written, type IPlace } from '../stores/addresses';
import { go } from './router';

/** One run, with its tab and file in the address. */
export function RunPlace({
  host,
  stamp,
  place,
  runId
}: IPlaceProps & { place: IPlace; runId: string }): ReactElement {
  const tab = readRunTab(place.query.get('tab'));
  const path = place.query.get('path') ?? '';
  return (
    <RunPage
      key={runId}
      host={host}
      runId={runId}
      tab={tab}
      path={path}
      stamp={stamp}
      onTab={next => go(written(['runs', runId], { tab: next === 'overview' ? null : next }))}
      onPath={next => go(written(['runs', runId], { tab: 'artifacts', path: next }), path !== '')}
    />
  );
}
