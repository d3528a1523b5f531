import type { ReactElement } from 'react';
import { CopyButton } from '../components/CopyButton';

/** How to log the first run to this very server. */
export function FirstRun({ isStore }: { isStore: boolean }): ReactElement {
  const uri = new URL('.', location.href).href.replace(/\/$/, '');
  const code = `import jupyter_mlops as mlflow  # or: import mlflow

mlflow.set_tracking_uri("${uri}")  # with MLFLOW_TRACKING_TOKEN in the environment
with mlflow.start_run():
    mlflow.log_param("depth", 3)
    mlflow.log_metric("accuracy", 0.93)`;
  return (
    <section className="jp-mlops-first-run" data-testid="mlops-first-run">
      <h2>{isStore ? 'No runs yet' : 'No runs in this experiment yet'}</h2>
      <p className="jp-mlops-quiet">Log the first one, and it appears here by itself:</p>
      <pre tabIndex={0}>{code}</pre>
      <CopyButton text={code} label="Copy" copy={text => navigator.clipboard.writeText(text)} />
      <p className="jp-mlops-quiet">
        In a notebook, <code>%%track</code> at the top of a cell does the same.
      </p>
    </section>
  );
}
