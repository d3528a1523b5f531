import type { ReactElement } from 'react';
import { stageLabel } from './stages';
import { useTranslation } from './translation';
import type { Stage } from './types';

/** A stage, and the version that is in it where that is not clear from the place. */
export function StageBadge({ stage, version }: { stage: Stage; version?: string }): ReactElement {
  const trans = useTranslation();
  const label = stageLabel(stage, trans);
  return (
    <span className="jp-mlops-badge" data-stage={stage}>
      {version === undefined ? label : trans.__('%1 v%2', label, version)}
    </span>
  );
}

export function AliasBadge({ alias, version }: { alias: string; version?: string }): ReactElement {
  const trans = useTranslation();
  return (
    <span className="jp-mlops-badge jp-mlops-alias-badge">
      {version === undefined ? `@${alias}` : trans.__('@%1 v%2', alias, version)}
    </span>
  );
}
