import type { ReactElement } from 'react';
import { Warnings } from '../HiddenState';
import { useTranslation } from '../translation';
import { Alerts } from './Alerts';
import { CardHead } from './CardHead';
import { Machine } from './Machine';
import { Progress } from './Progress';
import { Steps } from './Steps';
import { Tiles } from './Tiles';
import type { ICardBundle } from './types';

const MOST_PARAMS = 12;

interface IProps {
  /** The card as it is known best. */
  bundle: ICardBundle;
  /** The run was going on when the card was made, and nobody knows how it went on. */
  asSaved?: boolean;
  /** Draws Markdown where the host can; else it is shown as it was written. */
  drawNote?: (text: string) => ReactElement;
  /** Interrupts the cell; absent where the host has no kernel for it. */
  onStop?: (() => Promise<void>) | undefined;
}

/** One tracked cell, or one project's run: what runs, how far it is, and its latest numbers. */
export function Card({ bundle, asSaved = false, drawNote, onStop }: IProps): ReactElement {
  const trans = useTranslation();
  const { run, metrics, moreMetrics, error, children, note, alerts, estimate, log } = bundle;
  const isRunning = run.status === 'RUNNING' && !asSaved;
  return (
    <div
      role="group"
      className="jp-mlops-card"
      data-testid="mlops-card"
      data-run-id={run.runId}
      data-status={run.status}
      aria-label={trans.__('Run %1', run.name)}
    >
      <CardHead
        store={bundle.store}
        run={run}
        asSaved={asSaved}
        hasNotebook={bundle.hasCells && run.status !== 'RUNNING'}
        onStop={onStop}
      >
        {children > 0 && (
          <span className="jp-mlops-quiet">{trans._n('%1 child run', '%1 child runs', children)}</span>
        )}
      </CardHead>
      {isRunning && bundle.stage !== null && (
        <div className="jp-mlops-quiet jp-mlops-clip" role="status" title={bundle.stage}>
          {bundle.stage}…
        </div>
      )}
      {isRunning && estimate && <Progress estimate={estimate} />}
      {alerts.length > 0 && <Alerts alerts={alerts} />}
      <Warnings lines={bundle.warnings} />
      {note !== null && (drawNote?.(note) ?? <div className="jp-mlops-quiet jp-mlops-note">{note}</div>)}
      {metrics.length > 0 && <Tiles metrics={metrics} more={moreMetrics} />}
      {bundle.steps !== null && bundle.steps.length > 0 && (
        <Steps store={bundle.store} steps={bundle.steps} more={bundle.moreSteps} asSaved={asSaved} />
      )}
      <Params params={bundle.params} more={bundle.moreParams} />
      {error !== null && (
        <div className={run.status === 'KILLED' ? 'jp-mlops-quiet' : 'jp-mlops-error'} role="alert">
          {error}
        </div>
      )}
      <Machine gauges={isRunning ? bundle.gauges : []} memory={bundle.memory} figures={bundle.figures} />
      {isRunning && log.length > 0 && <Log lines={log} />}
    </div>
  );
}

function Params({ params, more }: { params: ICardBundle['params']; more: number }): ReactElement | null {
  const trans = useTranslation();
  const spare = more + Math.max(0, params.length - MOST_PARAMS);
  return params.length === 0 ? null : (
    <ul className="jp-mlops-chips" aria-label={trans.__('Parameters')}>
      {params.slice(0, MOST_PARAMS).map(({ key, value }) => (
        <li key={key} className="jp-mlops-chip" title={`${key} = ${value}`}>
          <span className="jp-mlops-chip-key">{key}</span>
          <span className="jp-mlops-clip">{value}</span>
        </li>
      ))}
      {spare > 0 && <li className="jp-mlops-quiet">{trans.__('+%1', spare)}</li>}
    </ul>
  );
}

/** What the cell printed last: it also stands below the card, far down where much is printed. */
function Log({ lines }: { lines: string[] }): ReactElement {
  const trans = useTranslation();
  return (
    <details className="jp-mlops-log">
      <summary className="jp-mlops-quiet">
        {trans.__('Output')}{' '}
        <span className="jp-mlops-log-last jp-mlops-clip">{lines[lines.length - 1]}</span>
      </summary>
      <pre tabIndex={0}>{lines.join('\n')}</pre>
    </details>
  );
}
