import { useEffect, useState, type ReactElement } from 'react';
import { said } from '../errors';
import { useTranslation } from '../translation';
import { Playground } from './Playground';
import type { IServedPlayground, OpenPlayground } from './types';

interface IProps {
  /** URIs of one model, or of a champion and a challenger. */
  models: string[];
  open: OpenPlayground;
}

/** Models tried through the server: their form as soon as it is known, the models when they are loaded. */
export function Predict({ models, open }: IProps): ReactElement {
  const trans = useTranslation();
  const key = models.join('\n');
  const [attempt, setAttempt] = useState(0);
  const [host, setHost] = useState<IServedPlayground | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let late = false;
    setHost(null);
    setProblem(null);
    const begin = async (): Promise<void> => {
      const opened = await open(key.split('\n'), trans);
      if (!late) {
        setHost(opened);
        await opened.load();
      }
    };
    begin().catch((error: unknown) => !late && setProblem(said(error)));
    return () => {
      late = true;
    };
  }, [open, key, attempt, trans]);
  return (
    <div className="jp-mlops-predict" data-testid="mlops-predict-tab" aria-busy={host === null && !problem}>
      {problem !== null && (
        <div className="jp-mlops-error" role="alert" data-testid="mlops-predict-problem">
          {problem}{' '}
          <button type="button" className="jp-mlops-link" onClick={() => setAttempt(now => now + 1)}>
            {trans.__('Try again')}
          </button>
        </div>
      )}
      {host === null && problem === null && (
        <p className="jp-mlops-note jp-mlops-loading" role="status">
          {trans.__('Starting a process for the model…')}
        </p>
      )}
      {host !== null && <Playground key={key} host={host} />}
    </div>
  );
}
