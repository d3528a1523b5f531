import type { ReactElement } from 'react';
import { formatDuration } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import type { IEstimate } from './types';

/** How far the cell is, and about how long it takes still; what is not known is not said. */
export function Progress({ estimate }: { estimate: IEstimate }): ReactElement {
  const trans = useTranslation();
  const words = inWords(estimate, trans);
  const percent = estimate.share === null ? null : Math.round(estimate.share * 100);
  return (
    <div className="jp-mlops-progress">
      {percent !== null && (
        <div
          className="jp-mlops-progress-track"
          role="progressbar"
          aria-label={trans.__('Progress')}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
          aria-valuetext={words}
        >
          <div className="jp-mlops-progress-bar" style={{ inlineSize: `${percent}%` }} />
        </div>
      )}
      <span className="jp-mlops-quiet">{words}</span>
    </div>
  );
}

/** Without the decimals that nobody can know. */
function roughly(seconds: number): string {
  return seconds < 60 ? `${Math.max(1, Math.round(seconds))} s` : formatDuration(seconds);
}

function inWords({ left, done, total, by, usual }: IEstimate, trans: ITranslate): string {
  const parts: string[] = [];
  if (done !== null && total !== null) {
    parts.push(trans.__('%1 of %2 %3', done, total, by).trim());
  }
  if (left !== null) {
    parts.push(trans.__('about %1 left', roughly(left)));
  }
  if (usual !== null) {
    const took = roughly(usual);
    parts.push(left === null ? trans.__('longer than the usual %1', took) : trans.__('usually %1', took));
  }
  return parts.join(' · ');
}
