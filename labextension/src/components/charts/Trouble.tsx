import type { ReactElement } from 'react';
import { useTranslation } from '../translation';

/** Why nothing is there, or that it is still to come. */
export function Trouble({
  problem,
  pending
}: {
  problem: string | null;
  pending: boolean;
}): ReactElement | null {
  const trans = useTranslation();
  if (problem !== null) {
    return (
      <div className="jp-mlops-error" role="alert">
        {problem}
      </div>
    );
  }
  return pending ? <p className="jp-mlops-empty">{trans.__('Loading…')}</p> : null;
}
