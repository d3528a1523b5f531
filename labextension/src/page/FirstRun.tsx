import type { ReactElement } from 'react';
import { CopyButton } from '../components/CopyButton';
import { copyText } from '../components/clipboard';
import { useTranslation } from '../components/translation';
import { Filled, slot } from '../components/Filled';

/** How to log the first run to this very server. */
export function FirstRun({ isStore, auth }: { isStore: boolean; auth: string }): ReactElement {
  const trans = useTranslation();
  const uri = new URL('.', location.href).href.replace(/\/$/, '');
  const code = `import jupyter_mlops as mlflow  # or: import mlflow

mlflow.set_tracking_uri("${uri}")
with mlflow.start_run():
    mlflow.log_param("depth", 3)
    mlflow.log_metric("accuracy", 0.93)`;
  return (
    <section className="jp-mlops-first-run" data-testid="mlops-first-run">
      <h2>{isStore ? trans.__('No runs yet') : trans.__('No runs in this experiment yet')}</h2>
      <p className="jp-mlops-quiet">{trans.__('Log the first one, and it appears here by itself:')}</p>
      <pre tabIndex={0}>{code}</pre>
      {auth !== 'none' && (
        <p className="jp-mlops-quiet">
          {auth === 'users' ? (
            <Filled
              text={trans.__('The program shows who it is by the variables %1 and %2.', slot(0), slot(1))}
              parts={[<code>MLFLOW_TRACKING_USERNAME</code>, <code>MLFLOW_TRACKING_PASSWORD</code>]}
            />
          ) : (
            <Filled
              text={trans.__(
                'The program shows that it may by the variable %1, as the server printed it when it started; on the same machine this package finds it by itself.',
                slot(0)
              )}
              parts={[<code>MLFLOW_TRACKING_TOKEN</code>]}
            />
          )}
        </p>
      )}
      <CopyButton text={code} label={trans.__('Copy')} copy={copyText} />
      <p className="jp-mlops-quiet">
        <Filled
          text={trans.__('In a notebook, %1 at the top of a cell does the same.', slot(0))}
          parts={[<code>%%track</code>]}
        />
      </p>
    </section>
  );
}
