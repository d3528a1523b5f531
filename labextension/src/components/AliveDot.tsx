import type { ReactElement } from 'react';
import { useTranslation } from './translation';

/** A green dot while Python follows the view. */
export function AliveDot({ alive }: { alive: boolean }): ReactElement {
  const trans = useTranslation();
  const label = alive
    ? trans.__('Linked with Python: what is chosen here is there too')
    : trans.__('Not linked with a kernel');
  return <span className="jp-mlops-alive" data-alive={alive} role="img" aria-label={label} title={label} />;
}
