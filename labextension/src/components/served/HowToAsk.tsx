import type { ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { useTranslation } from '../translation';
import type { IServed, IServedHost } from './types';

/** Nobody has asked yet: lines that do, with the model's own example. */
export function HowToAsk({ host, now }: { host: IServedHost; now: IServed }): ReactElement {
  const trans = useTranslation();
  const ways: [string, string][] = [
    [trans.__('Python'), now.python],
    ['curl', now.curl]
  ];
  return (
    <div className="jp-mlops-served-ask" data-testid="mlops-how-to-ask">
      <span className="jp-mlops-quiet">{trans.__('No request yet. Ask it:')}</span>
      {ways.map(([name, code]) => (
        <div key={name} className="jp-mlops-served-way">
          <pre role="group" tabIndex={0} aria-label={name}>
            {code}
          </pre>
          <CopyButton text={code} label={trans.__('Copy %1', name)} copy={text => host.copy(text)} />
        </div>
      ))}
    </div>
  );
}
