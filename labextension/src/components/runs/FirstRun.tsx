import type { ReactElement, ReactNode } from 'react';
import { copyText } from '../clipboard';
import { CopyButton } from '../CopyButton';
import { useTranslation } from '../translation';

interface IProps {
  /** Whether there is no run in all of the store. */
  isStore: boolean;
  /** What to do. */
  how: string;
  /** Texts of cells or files, each run by itself. */
  codes: readonly string[];
  /** What else is to be known, before the code is copied. */
  before?: ReactNode;
  /** Another way. */
  after?: ReactNode;
}

/** How the first run comes about. */
export function FirstRun({ isStore, how, codes, before, after }: IProps): ReactElement {
  const trans = useTranslation();
  return (
    <section className="jp-mlops-first-run" data-testid="mlops-first-run">
      <h2>{isStore ? trans.__('No runs yet') : trans.__('No runs in this experiment yet')}</h2>
      <p className="jp-mlops-quiet">{how}</p>
      {codes.map(code => (
        <div key={code}>
          <pre tabIndex={0}>{code}</pre>
          {before}
          <CopyButton text={code} label={trans.__('Copy')} copy={copyText} />
        </div>
      ))}
      {after}
    </section>
  );
}
