import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import { Interval, rangeOf } from './Interval';
import type { IEvaluation } from './types';

/** Metrics with their intervals. */
export function Metrics({ evaluation }: { evaluation: IEvaluation }): ReactElement {
  const trans = useTranslation();
  const { metrics, level } = evaluation;
  return (
    <table
      className="jp-mlops-table jp-mlops-plain jp-mlops-evaluation-metrics"
      aria-label={trans.__('Metrics')}
      data-testid="mlops-evaluation-metrics"
    >
      <thead>
        <tr>
          <th scope="col">{trans.__('Metric')}</th>
          <th scope="col" className="jp-mlops-number">
            {trans.__('Value')}
          </th>
          <th scope="col">{trans.__('%1 % interval', formatNumber(level * 100))}</th>
        </tr>
      </thead>
      <tbody>
        {metrics.map(one => (
          <tr key={one.name} data-metric={one.name}>
            <th scope="row">{one.name}</th>
            <td className="jp-mlops-number" title={String(one.value)}>
              {formatNumber(one.value)}
            </td>
            <td>
              {/* Each metric has its own unit, so each bar stands on its own. */}
              <Interval value={one.value} interval={one.interval} range={rangeOf(one)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
