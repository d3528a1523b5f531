import type { ReactElement, ReactNode } from 'react';
import { OpenAsNotebookButton } from '../notebooks';
import { useRunHref } from '../runLinks';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import { Elapsed } from './Elapsed';
import { StopButton } from './StopButton';
import type { ICardRun } from './types';

interface IProps {
  store: string;
  run: ICardRun;
  /** It was going on when the card was made, and nobody knows how it went on. */
  asSaved: boolean;
  /** Whether there is a notebook of it. */
  hasNotebook: boolean;
  onStop?: (() => Promise<void>) | undefined;
  children?: ReactNode;
}

/** What stands at the top of every card: status, name, how long, and what can be done. */
export function CardHead({ store, run, asSaved, hasNotebook, onStop, children }: IProps): ReactElement {
  const trans = useTranslation();
  const href = useRunHref();
  const isRunning = run.status === 'RUNNING' && !asSaved;
  return (
    <div className="jp-mlops-card-head">
      <StatusIcon status={run.status} still={asSaved} />
      {href === null ? (
        <span className="jp-mlops-card-name" title={run.name}>
          {run.name}
        </span>
      ) : (
        <a className="jp-mlops-card-name" title={run.name} href={href(store, run.runId)}>
          {run.name}
        </a>
      )}
      <span className="jp-mlops-quiet jp-mlops-clip" title={run.experiment}>
        {run.experiment}
      </span>
      {children}
      {asSaved && <span className="jp-mlops-quiet">{trans.__('as saved')}</span>}
      <Elapsed run={run} ticking={isRunning} />
      {hasNotebook && <OpenAsNotebookButton store={store} runId={run.runId} />}
      {isRunning && onStop && <StopButton onStop={onStop} />}
    </div>
  );
}
