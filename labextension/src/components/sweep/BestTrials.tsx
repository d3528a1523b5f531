import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import type { ISweep } from './types';

/** The ten best trials, one a line. */
export function BestTrials({ sweep }: { sweep: ISweep }): ReactElement | null {
  const trans = useTranslation();
  const { head, dimensions, best } = sweep;
  if (best.length === 0) {
    return null;
  }
  const side = (at: number): string | undefined =>
    best.every(({ params }) => Number.isFinite(Number(params[at]))) ? 'jp-mlops-number' : undefined;
  return (
    <div
      className="jp-mlops-scroller jp-mlops-sweep-best"
      tabIndex={0}
      role="group"
      aria-label={trans.__('Best trials')}
    >
      <table className="jp-mlops-table jp-mlops-plain" aria-label={trans.__('Best trials')}>
        <thead>
          <tr>
            <th scope="col" className="jp-mlops-number">
              {trans.__('Trial')}
            </th>
            <th scope="col" className="jp-mlops-number">
              {head.metric}
            </th>
            {dimensions.map((name, at) => (
              <th key={name} scope="col" className={side(at)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {best.map(trial => (
            <tr key={trial.runId} data-run-id={trial.runId} title={trans.__('Run %1', trial.runId)}>
              <td className="jp-mlops-number">{trial.number}</td>
              <td className="jp-mlops-number">{formatNumber(trial.value)}</td>
              {dimensions.map((name, at) => (
                <td key={name} className={side(at)}>
                  {trial.params[at]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
