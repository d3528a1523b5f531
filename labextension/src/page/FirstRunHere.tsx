import type { ReactElement } from 'react';
import { Filled, slot } from '../components/Filled';
import { FirstRun } from '../components/runs/FirstRun';
import { useTranslation } from '../components/translation';

/** How to log the first run to this very server. */
export function FirstRunHere({ isStore, auth }: { isStore: boolean; auth: string }): ReactElement {
  const trans = useTranslation();
  const uri = new URL('.', location.href).href.replace(/\/$/, '');
  const code = `import jupyter_mlops as mlflow  # or: import mlflow

mlflow.set_tracking_uri("${uri}")
with mlflow.start_run():
    mlflow.log_param("depth", 3)
    mlflow.log_metric("accuracy", 0.93)`;
  return (
    <FirstRun
      isStore={isStore}
      how={trans.__('Log the first one, and it appears here by itself:')}
      codes={[code]}
      before={auth !== 'none' && <Identity auth={auth} />}
      after={
        <p className="jp-mlops-quiet">
          <Filled
            text={trans.__('In a notebook, %1 at the top of a cell does the same.', slot(0))}
            parts={[<code>%%track</code>]}
          />
        </p>
      }
    />
  );
}

/** How the program shows who it is. */
function Identity({ auth }: { auth: string }): ReactElement {
  const trans = useTranslation();
  return (
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
  );
}
