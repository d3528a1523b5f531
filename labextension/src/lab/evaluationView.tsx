import { useMemo, type ReactElement } from 'react';
import { Evaluation } from '../components/evaluation/Evaluation';
import type { IEvaluationBundle, IEvaluationHost } from '../components/evaluation/types';
import { useRunHref } from '../components/runLinks';
import type { ILabPlace, ILabServices } from './places';

interface IProps {
  bundle: IEvaluationBundle;
  services: ILabServices;
  place: ILabPlace;
}

/** An evaluation as its run has kept it; further rows come from the server, also without a kernel. */
export function EvaluationView({ bundle, services, place }: IProps): ReactElement {
  const { server } = services;
  const { store } = bundle;
  const href = useRunHref();
  const host = useMemo<IEvaluationHost>(
    () => ({
      ask: (view, body) => server.post(`views/${view}`, { store }, body),
      drawFigure: (node, figure, events) => place.charts.draw(node, figure, events)
    }),
    [server, store, place]
  );
  return (
    <div className="jp-mlops-card">
      <Evaluation host={host} evaluation={bundle} saved={bundle.worst} href={href?.(store, bundle.runId)} />
    </div>
  );
}
