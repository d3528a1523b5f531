import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import type { ICardBundle, ICardMetric, ICardRun } from '../types';
import { Elapsed } from './Elapsed';
import { Sparkline } from './Sparkline';

const MOST_METRICS = 8;
const MOST_PARAMS = 12;

interface IProps {
  bundle: ICardBundle;
  /** The run as it is known best; may be newer than the bundle. */
  run: ICardRun;
  /** The run was going on when the card was made, and nobody knows how it went on. */
  asSaved?: boolean;
  /** Draws Markdown where the host can; else it is shown as it was written. */
  drawNote?: (text: string) => ReactElement;
}

/** One tracked cell: what runs, how far it is, and its latest numbers. */
export function Card({ bundle, run, asSaved = false, drawNote }: IProps): ReactElement {
  const trans = useTranslation();
  const { params, metrics, error, children, note } = bundle;
  const spare = params.length - MOST_PARAMS;
  return (
    <div
      role="group"
      className="jp-mlops-card"
      data-testid="mlops-card"
      data-run-id={run.runId}
      data-status={run.status}
      aria-label={trans.__('Run %1', run.name)}
    >
      <div className="jp-mlops-card-head">
        <StatusIcon status={run.status} still={asSaved} />
        <span className="jp-mlops-card-name" title={run.name}>
          {run.name}
        </span>
        <span className="jp-mlops-quiet jp-mlops-clip" title={run.experiment}>
          {run.experiment}
        </span>
        {children > 0 && (
          <span className="jp-mlops-quiet">{trans._n('%1 child run', '%1 child runs', children)}</span>
        )}
        {asSaved && <span className="jp-mlops-quiet">{trans.__('as saved')}</span>}
        <Elapsed run={run} ticking={run.status === 'RUNNING' && !asSaved} />
      </div>
      {note !== null && (drawNote?.(note) ?? <div className="jp-mlops-quiet jp-mlops-note">{note}</div>)}
      {metrics.length > 0 && (
        <ul className="jp-mlops-tiles">
          {metrics.slice(0, MOST_METRICS).map(metric => (
            <Tile key={metric.key} metric={metric} />
          ))}
        </ul>
      )}
      {metrics.length > MOST_METRICS && (
        <div className="jp-mlops-quiet">
          {trans._n('and %1 more metric', 'and %1 more metrics', metrics.length - MOST_METRICS)}
        </div>
      )}
      {params.length > 0 && (
        <ul className="jp-mlops-chips" aria-label={trans.__('Parameters')}>
          {params.slice(0, MOST_PARAMS).map(({ key, value }) => (
            <li key={key} className="jp-mlops-chip" title={`${key} = ${value}`}>
              <span className="jp-mlops-chip-key">{key}</span>
              <span className="jp-mlops-clip">{value}</span>
            </li>
          ))}
          {spare > 0 && <li className="jp-mlops-quiet">{trans.__('+%1', spare)}</li>}
        </ul>
      )}
      {error !== null && (
        <div className="jp-mlops-error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

function Tile({ metric }: { metric: ICardMetric }): ReactElement {
  const trans = useTranslation();
  return (
    <li
      className="jp-mlops-tile"
      title={trans.__('%1 = %2 at step %3', metric.key, metric.value, metric.step)}
    >
      <span className="jp-mlops-tile-key jp-mlops-clip">{metric.key}</span>
      <span className="jp-mlops-tile-value">{formatNumber(metric.value)}</span>
      <Sparkline points={metric.points} />
    </li>
  );
}
