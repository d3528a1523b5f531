import type { ReactElement } from 'react';
import { CardHead } from '../card/CardHead';
import { FigureTabs } from '../FigureTabs';
import { formatDuration, formatNumber } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import { Trouble } from '../Trouble';
import type { IDraws } from '../useDrawing';
import { BestTrials } from './BestTrials';
import { SweepChart } from './SweepChart';
import { CHARTS, type ChartName, type ISweep, type ISweepChart, type ISweepHead } from './types';

interface IProps {
  store: string;
  sweep: ISweep;
  /** The sweep was going on when the card was made, and nobody knows how it went on. */
  asSaved: boolean;
  tab: ChartName;
  onTab(tab: ChartName): void;
  /** Null until it is here. */
  chart: ISweepChart | null;
  problem: string | null;
  host: IDraws;
  /** Interrupts the kernel; where the host can. */
  onStop?: (() => Promise<void>) | undefined;
}

/** A sweep: how far it is, its best trials, and its charts. */
export function Sweep({
  store,
  sweep,
  asSaved,
  tab,
  onTab,
  chart,
  problem,
  host,
  onStop
}: IProps): ReactElement {
  const trans = useTranslation();
  const { head, errors } = sweep;
  const running = head.status === 'RUNNING' && !asSaved;
  return (
    <div
      role="group"
      className="jp-mlops-card jp-mlops-sweep"
      data-testid="mlops-sweep"
      data-run-id={head.runId}
      data-status={head.status}
      data-done={head.done}
      aria-label={trans.__('Sweep %1', head.name)}
    >
      <CardHead
        store={store}
        run={{ ...head, endTime: null }}
        asSaved={asSaved}
        hasNotebook={!running}
        onStop={onStop}
      />
      <Progress head={head} running={running} />
      <Trouble problem={head.error} />
      {head.error === null && errors.length > 0 && (
        <ul className="jp-mlops-sweep-errors" aria-label={trans.__('Failed trials')}>
          {errors.map(({ number, error }) => (
            <li key={number} className="jp-mlops-error">
              {trans.__('Trial %1: %2', number, error)}
            </li>
          ))}
        </ul>
      )}
      {head.done > 0 && (
        <div className="jp-mlops-sweep-body">
          <BestTrials sweep={sweep} />
          <FigureTabs tabs={CHARTS.map(one => [one, title(one, trans)] as const)} tab={tab} onTab={onTab}>
            <SweepChart key={tab} host={host} chart={chart} problem={problem} label={title(tab, trans)} />
          </FigureTabs>
        </div>
      )}
    </div>
  );
}

function title(chart: ChartName, trans: ITranslate): string {
  switch (chart) {
    case 'history':
      return trans.__('History');
    case 'parallel':
      return trans.__('Parallel');
    default:
      return trans.__('Importance');
  }
}

/** Trials done, and what is known of the rest. */
function Progress({ head, running }: { head: ISweepHead; running: boolean }): ReactElement {
  const trans = useTranslation();
  const { done, n, pruned, failed, left, metric, maximize } = head;
  const parts = [
    maximize ? trans.__('greatest %1', metric) : trans.__('least %1', metric),
    running && head.running > 0 && trans._n('%1 running', '%1 running', head.running),
    pruned > 0 && trans._n('%1 pruned', '%1 pruned', pruned),
    failed > 0 && trans._n('%1 failed', '%1 failed', failed),
    running && left !== null && left >= 1 && trans.__('about %1 left', formatDuration(left))
  ].filter(part => typeof part === 'string');
  return (
    <div className="jp-mlops-sweep-progress">
      <progress max={Math.max(1, n)} value={Math.min(done, n)} aria-label={trans.__('Trials done')} />
      <span className="jp-mlops-sweep-count">
        {trans.__('%1 of %2 trials', formatNumber(done), formatNumber(n))}
      </span>
      <span className="jp-mlops-quiet">{parts.join(' · ')}</span>
    </div>
  );
}
