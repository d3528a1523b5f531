import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { said } from '../components/errors';
import { readSweepAnswer } from '../components/sweep/bundles';
import { Sweep } from '../components/sweep/Sweep';
import type { ChartName, ISweep, ISweepAnswer, ISweepBundle } from '../components/sweep/types';
import type { IDraws } from '../components/useDrawing';
import type { ILabPlace, ILabServices } from './places';

const EVERY_MS = 2000;

interface IProps {
  bundle: ISweepBundle;
  services: ILabServices;
  place: ILabPlace;
  visible(): boolean;
}

/** What is further on: the kernel sends its state often, the store also knows how it ended without the kernel. */
function newer(bundle: ISweepBundle, answer: ISweepAnswer | null): ISweep {
  if (answer === null || bundle.head.status !== 'RUNNING') {
    return bundle;
  }
  return answer.head.status !== 'RUNNING' || answer.head.done > bundle.head.done ? answer : bundle;
}

/** A sweep by what its cell sends; the charts come from the server, also while the kernel is busy. */
export function SweepView({ bundle, services, place, visible }: IProps): ReactElement {
  const [tab, setTab] = useState<ChartName>('history');
  const [answer, setAnswer] = useState<{ tab: ChartName; data: ISweepAnswer } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { server } = services;
  const { store, head } = bundle;
  const sweep = newer(bundle, answer?.data ?? null);
  const running = sweep.head.status === 'RUNNING';
  const begun = sweep.head.done > 0 || !running;

  useEffect(() => {
    let late = false;
    let waiting = false;
    const ask = async (): Promise<void> => {
      waiting = true;
      try {
        const data = readSweepAnswer(
          await server.post('views/sweep', { store }, { run_id: head.runId, chart: tab })
        );
        if (!late) {
          setAnswer({ tab, data });
          setProblem(null);
        }
      } catch (error) {
        if (!late) {
          setProblem(said(error));
        }
      } finally {
        waiting = false;
      }
    };
    if (!begun) {
      return;
    }
    void ask();
    const timer = window.setInterval(() => {
      if (running && !waiting && document.visibilityState === 'visible' && visible()) {
        void ask();
      }
    }, EVERY_MS);
    return () => {
      late = true;
      window.clearInterval(timer);
    };
    // The end of a sweep is asked for once more.
  }, [server, store, head.runId, tab, begun, running, bundle.head.status, visible]);

  const host = useMemo<IDraws>(
    () => ({ drawFigure: (node, figure, events) => place.charts.draw(node, figure, events) }),
    [place]
  );
  const kernel = place.session?.session?.kernel;
  const busy = kernel?.status === 'busy';
  return (
    <Sweep
      store={store}
      sweep={sweep}
      asSaved={running && problem !== null && !busy}
      tab={tab}
      onTab={setTab}
      chart={answer?.tab === tab ? answer.data.chart : null}
      problem={problem}
      host={host}
      onStop={kernel && kernel.id === bundle.kernel ? () => kernel.interrupt() : undefined}
    />
  );
}
