import type { ReactElement } from 'react';
import { CopyButton } from '../components/CopyButton';
import { copyText } from '../components/clipboard';

/** How to log the first run to this very server. */
export function FirstRun({ isStore, auth }: { isStore: boolean; auth: string }): ReactElement {
  const uri = new URL('.', location.href).href.replace(/\/$/, '');
  const code = `import jupyter_mlops as mlflow  # or: import mlflow

mlflow.set_tracking_uri("${uri}")
with mlflow.start_run():
    mlflow.log_param("depth", 3)
    mlflow.log_metric("accuracy", 0.93)`;
  return (
    <section className="jp-mlops-first-run" data-testid="mlops-first-run">
      <h2>{isStore ? 'No runs yet' : 'No runs in this experiment yet'}</h2>
      <p className="jp-mlops-quiet">Log the first one, and it appears here by itself:</p>
      <pre tabIndex={0}>{code}</pre>
      {auth !== 'none' && (
        <p className="jp-mlops-quiet">
          {auth === 'users' ? (
            <>
              The program shows who it is by the variables <code>MLFLOW_TRACKING_USERNAME</code> and{' '}
              <code>MLFLOW_TRACKING_PASSWORD</code>.
            </>
          ) : (
            <>
              The program shows that it may by the variable <code>MLFLOW_TRACKING_TOKEN</code>, as the server
              printed it when it started; on the same machine this package finds it by itself.
            </>
          )}
        </p>
      )}
      <CopyButton text={code} label="Copy" copy={copyText} />
      <p className="jp-mlops-quiet">
        In a notebook, <code>%%track</code> at the top of a cell does the same.
      </p>
    </section>
  );
}
