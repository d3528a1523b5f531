import type { ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { useTranslation } from '../translation';
import type { IRunsHost } from './types';

/** Code that can be copied. */
export function CodeBox({ host, code }: { host: IRunsHost; code: string }): ReactElement {
  const trans = useTranslation();
  return (
    <div className="jp-mlops-code-box">
      <pre tabIndex={0}>{code}</pre>
      <CopyButton text={code} label={trans.__('Copy')} copy={text => host.copy(text)} />
    </div>
  );
}
