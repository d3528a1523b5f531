import type { ReactElement } from 'react';
import { readRunTab, RunPage } from '../components/runs/RunPage';
import { written } from '../components/addresses';
import type { IPlaceProps } from './places';

/** One run, with its tab and file in the address. */
export function RunPlace({
  host,
  navigation,
  stamp,
  place,
  runId
}: IPlaceProps & { runId: string }): ReactElement {
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
      onTab={next => navigation.go(written(['runs', runId], { tab: next === 'overview' ? null : next }))}
      onPath={next => navigation.go(written(['runs', runId], { tab: 'artifacts', path: next }), path !== '')}
    />
  );
}
