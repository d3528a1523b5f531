import type { ReactElement } from 'react';
import { copyText } from '../clipboard';
import { CopyButton } from '../CopyButton';
import { useTranslation } from '../translation';

const CODE = `%load_ext jupyter_mlops

%%track my_first_run
depth = 3
mlflow.log_metric("accuracy", 0.93)`;

/** How the first run comes about, beside a notebook. */
export function FirstRun({ isStore }: { isStore: boolean }): ReactElement {
  const trans = useTranslation();
  return (
    <section className="jp-mlops-first-run" data-testid="mlops-first-run">
      <h2>{isStore ? trans.__('No runs yet') : trans.__('No runs in this experiment yet')}</h2>
      <p className="jp-mlops-quiet">
        {trans.__(
          'Write %1 at the top of a cell of a notebook, and its run appears here by itself:',
          '%%track'
        )}
      </p>
      <pre tabIndex={0}>{CODE}</pre>
      <CopyButton text={CODE} label={trans.__('Copy')} copy={copyText} />
    </section>
  );
}
