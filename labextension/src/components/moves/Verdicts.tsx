import type { ReactElement } from 'react';
import { Icon } from '../Icon';
import { useTranslation } from '../translation';
import type { IVerdict } from './types';

/** What each gate says and why; told by mark and word, not by colour alone. */
export function Verdicts({ verdicts }: { verdicts: IVerdict[] }): ReactElement {
  const trans = useTranslation();
  const refused = verdicts.filter(verdict => !verdict.passed).length;
  return (
    <div>
      <p className="jp-mlops-sheet-line">
        {refused === 0
          ? trans._n('The gate is open', 'All %1 gates are open', verdicts.length)
          : trans._n('%1 of %2 gates refuses', '%1 of %2 gates refuse', refused, verdicts.length)}
      </p>
      <ul className="jp-mlops-verdicts" aria-label={trans.__('Gates')}>
        {verdicts.map(({ rule, passed, reason }) => (
          <li key={rule} data-testid="mlops-verdict" data-passed={passed}>
            <Icon name={passed ? 'pass' : 'fail'} />
            <span className="jp-mlops-verdict-word">{passed ? trans.__('passes') : trans.__('fails')}</span>
            <code>{rule}</code>
            <span className="jp-mlops-quiet">{reason}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
