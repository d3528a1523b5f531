import type { ReactElement, ReactNode } from 'react';
import { Sparkline } from '../card/Sparkline';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import { formatLatency } from './Latency';
import type { IServed } from './types';

/** How often it was asked, what went wrong, and how long answers took. */
export function Numbers({ now }: { now: IServed }): ReactElement {
  const trans = useTranslation();
  const failed = now.statuses.filter(([status]) => !status.startsWith('2'));
  return (
    <ul className="jp-mlops-tiles" aria-label={trans.__('Numbers')}>
      <Tile name={trans.__('requests per second')} value={formatNumber(Number(now.rate.toPrecision(3)))}>
        <Sparkline points={now.rates} from={0} />
      </Tile>
      <Tile name={trans.__('requests')} value={now.requests.toLocaleString()}>
        {now.waiting > 0 && (
          <span className="jp-mlops-quiet jp-mlops-served-beside">{trans.__('%1 now', now.waiting)}</span>
        )}
      </Tile>
      <Tile
        name={trans.__('errors')}
        value={now.errors.toLocaleString()}
        title={failed.map(([status, count]) => trans.__('%1 with status %2', count, status)).join(', ')}
      >
        {failed.length > 0 && (
          <span className="jp-mlops-quiet jp-mlops-clip jp-mlops-served-beside">
            {failed.map(([status, count]) => `${status} × ${count}`).join(', ')}
          </span>
        )}
      </Tile>
      <li
        className="jp-mlops-tile jp-mlops-served-quantiles"
        title={trans.__('How long answers took, about')}
      >
        {now.quantiles.map(([name, seconds]) => (
          <span key={name}>
            <span className="jp-mlops-quiet">{name}</span>{' '}
            <b data-testid={`mlops-${name}`}>{formatLatency(seconds)}</b>
          </span>
        ))}
      </li>
    </ul>
  );
}

interface ITileProps {
  name: string;
  value: string;
  title?: string;
  children?: ReactNode;
}

function Tile({ name, value, title, children }: ITileProps): ReactElement {
  return (
    <li className="jp-mlops-tile" title={title}>
      <span className="jp-mlops-tile-key">{name}</span>
      <span className="jp-mlops-tile-value">{value}</span>
      {children}
    </li>
  );
}
