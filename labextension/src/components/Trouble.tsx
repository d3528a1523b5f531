import type { ReactElement } from 'react';
import { useTranslation } from './translation';

interface IProps {
  /** Null where nothing is wrong. */
  problem: string | null;
  pending?: boolean;
}

/** What is wrong, or that something is still to come. */
export function Trouble({ problem, pending = false }: IProps): ReactElement | null {
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
