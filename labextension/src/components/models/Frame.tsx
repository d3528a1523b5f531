import type { ReactElement, ReactNode } from 'react';
import { formatTime } from '../formats';
import { useTranslation } from '../translation';
import type { IModelsBundle, ISourced } from './types';

interface IProps {
  bundle: IModelsBundle;
  alive: boolean;
  pending: boolean;
  /** Null before the first answer. */
  found: ISourced | null;
  children: ReactNode;
}

/** What holds for the list and for a model: where the data are from, and how old they are. */
export function Frame({ bundle, alive, pending, found, children }: IProps): ReactElement {
  const trans = useTranslation();
  const old = found?.source === 'snapshot' && !pending;
  const when =
    bundle.savedAt === null ? trans.__('As saved.') : trans.__('As saved %1.', formatTime(bundle.savedAt));
  return (
    <div
      className="jp-mlops-models"
      data-testid="mlops-models"
      data-alive={alive}
      data-source={found?.source ?? 'snapshot'}
      aria-busy={pending}
    >
      {children}
      {old && (
        <p className="jp-mlops-note" role="status">
          {[when, found.problem, trans.__('Nothing can be changed here until then.')]
            .filter(Boolean)
            .join(' ')}
        </p>
      )}
    </div>
  );
}
