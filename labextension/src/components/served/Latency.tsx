import type { ReactElement } from 'react';
import { formatDuration } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import type { IBucket } from './types';

/** How many answers took how long. */
export function Latency({ buckets }: { buckets: IBucket[] }): ReactElement | null {
  const trans = useTranslation();
  const most = Math.max(...buckets.map(({ count }) => count));
  if (buckets.length === 0) {
    return null;
  }
  const said = buckets.map(one => inWords(one, trans));
  return (
    <div
      className="jp-mlops-latency"
      data-testid="mlops-latency"
      role="img"
      aria-label={trans.__('Latency: %1', said.join(', '))}
    >
      {buckets.map(({ most: bound, count }, at) => (
        <div key={bound ?? 'more'} className="jp-mlops-latency-bucket" title={said[at]}>
          <div className="jp-mlops-latency-bar" style={{ blockSize: `${(count / most) * 100}%` }} />
          <span className="jp-mlops-quiet">{bound === null ? trans.__('more') : formatLatency(bound)}</span>
        </div>
      ))}
    </div>
  );
}

function inWords({ most, count }: IBucket, trans: ITranslate): string {
  return most === null
    ? trans._n('%1 answer took longer', '%1 answers took longer', count)
    : trans._n('%1 answer within %2', '%1 answers within %2', count, formatLatency(most));
}

/** In three digits, as answers differ by less than a millisecond. */
export function formatLatency(seconds: number): string {
  return seconds < 0.9995
    ? `${Number((seconds * 1000).toPrecision(3))} ms`
    : formatDuration(seconds).replace('.0 s', ' s');
}
