import type { ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IModelTold } from './types';

interface IProps {
  models: IModelTold[];
  alive: boolean;
  busy: boolean;
  /** Whether it would run in a process of the server. */
  served: boolean;
  onTrust(): void;
}

/** Models that are not loaded: what would run, and who can allow it; or what went wrong. */
export function Trust({ models, alive, busy, served, onTrust }: IProps): ReactElement | null {
  const trans = useTranslation();
  const waiting = models.filter(model => model.state === 'untrusted');
  const loading = models.filter(model => model.state === 'new');
  const broken = models.filter(model => model.state === 'broken');
  return (
    <>
      {loading.length > 0 && alive && (
        <p className="jp-mlops-note jp-mlops-loading" role="status" data-testid="mlops-loading">
          {trans.__('Loading %1 in a process of the server…', loading.map(model => model.label).join(', '))}
        </p>
      )}
      {waiting.length > 0 && (
        <section className="jp-mlops-trust" role="alert" aria-label={trans.__('Trust')}>
          <strong>{trans.__('Nothing of the model has been loaded yet: it would run code.')}</strong>
          {waiting.map(model => (
            <p key={model.role}>{model.message}</p>
          ))}
          {served && (
            <p>{trans.__('It would run on the machine of the server, and may do all that its user may.')}</p>
          )}
          <div className="jp-mlops-form-end">
            <button
              type="button"
              className="jp-mlops-button"
              data-kind="warn"
              data-testid="mlops-trust"
              disabled={!alive || busy}
              onClick={onTrust}
            >
              {busy ? trans.__('Loading…') : trans.__('Trust and load')}
            </button>
            {!alive && <span className="jp-mlops-quiet">{trans.__('Run the cell again to load it.')}</span>}
          </div>
        </section>
      )}
      {broken.map(model => (
        <div key={model.role} className="jp-mlops-error" role="alert" data-testid="mlops-broken">
          {model.label}: {model.message}
        </div>
      ))}
    </>
  );
}
