import { useState, type ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import { Sparkline } from './Sparkline';
import type { ICardMetric } from './types';

const MOST = 8;

/** The latest numbers of a run, each with its road and its range; many are folded. */
export function Tiles({ metrics, more }: { metrics: ICardMetric[]; more: number }): ReactElement {
  const trans = useTranslation();
  const [open, setOpen] = useState(false);
  const folded = metrics.length - MOST;
  const hidden = more + (open ? 0 : Math.max(0, folded));
  return (
    <>
      <ul className="jp-mlops-tiles" aria-label={trans.__('Metrics')}>
        {metrics.slice(0, open ? metrics.length : MOST).map(metric => (
          <Tile key={metric.key} metric={metric} />
        ))}
      </ul>
      {(folded > 0 || more > 0) && (
        <div className="jp-mlops-card-line">
          {hidden > 0 && (
            <span className="jp-mlops-quiet">
              {trans._n('and %1 more metric', 'and %1 more metrics', hidden)}
            </span>
          )}
          {folded > 0 && (
            <button
              type="button"
              className="jp-mlops-link"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              {open ? trans.__('Show fewer') : trans.__('Show %1', metrics.length)}
            </button>
          )}
        </div>
      )}
    </>
  );
}

function Tile({ metric }: { metric: ICardMetric }): ReactElement {
  const trans = useTranslation();
  const { key, value, step, low, high, points } = metric;
  const hasRange = points.length > 1 && low !== null && high !== null && low < high;
  return (
    <li className="jp-mlops-tile" title={trans.__('%1 = %2 at step %3', key, value, step)}>
      <span className="jp-mlops-tile-key">
        <span className="jp-mlops-clip">{key}</span>
        <Trend metric={metric} />
      </span>
      <span className="jp-mlops-tile-value" data-finite={Number.isFinite(value)}>
        {formatNumber(value)}
      </span>
      <Sparkline points={points} />
      {hasRange && (
        <span className="jp-mlops-tile-range jp-mlops-clip">
          {trans.__('%1 to %2', formatNumber(low, 4), formatNumber(high, 4))}
        </span>
      )}
    </li>
  );
}

/** Where the last change went, full when that is better: told by shape and words, not by colour alone. */
function Trend({ metric: { trend, points } }: { metric: ICardMetric }): ReactElement | null {
  const trans = useTranslation();
  const isUp = (points[points.length - 1] ?? 0) > (points[points.length - 2] ?? 0);
  const signs = trend === 'better' ? '▲▼' : '△▽';
  if (trend === null) {
    return null;
  }
  const label = trend === 'better' ? trans.__('better than before') : trans.__('worse than before');
  return (
    <span className="jp-mlops-trend" data-trend={trend} role="img" aria-label={label} title={label}>
      {signs[isUp ? 0 : 1]}
    </span>
  );
}
