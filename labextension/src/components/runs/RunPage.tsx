import type { ReactElement } from 'react';
import { formatDuration, formatTime } from '../formats';
import { OpenAsNotebookButton } from '../notebooks';
import { StatusIcon, statusLabel } from '../status';
import { tabId, tabPanelId, Tabs } from '../Tabs';
import { useTranslation } from '../translation';
import { useAnswer } from '../useAnswer';
import { useNow } from '../useNow';
import { Artifacts } from './Artifacts';
import { Charts } from './Charts';
import { CopyButton } from '../CopyButton';
import { Overview } from './Overview';
import type { IRunDetails, IRunsHost } from './types';

export const RUN_TABS = ['overview', 'charts', 'artifacts'] as const;
export type RunTab = (typeof RUN_TABS)[number];

interface IProps {
  host: IRunsHost;
  runId: string;
  tab: RunTab;
  /** The artifact that is opened. */
  path: string;
  stamp: number;
  onTab(tab: RunTab): void;
  onPath(path: string): void;
}

/** One run. */
export function RunPage({ host, runId, tab, path, stamp, onTab, onPath }: IProps): ReactElement {
  const trans = useTranslation();
  const { data, problem, pending } = useAnswer(() => host.run(runId), runId, stamp);
  const tabs: [RunTab, string][] = [
    ['overview', trans.__('Overview')],
    ['charts', trans.__('Charts')],
    ['artifacts', trans.__('Artifacts')]
  ];
  const id = 'jp-mlops-run';
  return (
    <div className="jp-mlops-run-page" data-testid="mlops-run-page" data-run-id={runId} aria-busy={pending}>
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {problem}
        </div>
      )}
      {data !== null && (
        <>
          <Head host={host} run={data} />
          <Tabs id={id} label={trans.__('Run')} tabs={tabs} tab={tab} onTab={onTab} />
          <div role="tabpanel" id={tabPanelId(id, tab)} aria-labelledby={tabId(id, tab)}>
            {tab === 'overview' && <Overview host={host} run={data} />}
            {tab === 'charts' && <Charts host={host} run={data} />}
            {tab === 'artifacts' && (
              <Artifacts host={host} run={data} path={path} stamp={stamp} onPath={onPath} />
            )}
          </div>
        </>
      )}
    </div>
  );
}

function Head({ host, run }: { host: IRunsHost; run: IRunDetails }): ReactElement {
  const trans = useTranslation();
  const now = useNow();
  const end = run.endTime ?? (run.status === 'RUNNING' ? now : null);
  const facts = [
    run.startTime === null ? '' : trans.__('started %1', formatTime(run.startTime)),
    run.startTime === null || end === null
      ? ''
      : trans.__('took %1', formatDuration(Math.max(0, end - run.startTime) / 1000)),
    run.user === '' ? '' : trans.__('by %1', run.user)
  ];
  return (
    <header className="jp-mlops-run-head">
      <nav className="jp-mlops-crumbs" aria-label={trans.__('Place')}>
        <a className="jp-mlops-link" href={host.links.runs(null)}>
          {trans.__('Runs')}
        </a>
        <span className="jp-mlops-quiet" aria-hidden="true">
          /
        </span>
        <a className="jp-mlops-link" href={host.links.runs(run.experimentId)}>
          {run.experiment}
        </a>
        {run.parent !== null && (
          <>
            <span className="jp-mlops-quiet" aria-hidden="true">
              /
            </span>
            <a className="jp-mlops-link" href={host.links.run(run.parent.runId)}>
              {run.parent.name}
            </a>
          </>
        )}
      </nav>
      <div className="jp-mlops-run-title">
        <StatusIcon status={run.status} />
        <h1 className="jp-mlops-clip" title={run.name}>
          {run.name}
        </h1>
        <span className="jp-mlops-badge" data-status={run.status}>
          {statusLabel(run.status, trans)}
        </span>
        {run.isDeleted && <span className="jp-mlops-badge">{trans.__('Deleted')}</span>}
      </div>
      <p className="jp-mlops-run-facts">
        <span>{facts.filter(Boolean).join(' · ')}</span>
        <code>{run.runId}</code>
        <CopyButton text={run.runId} label={trans.__('Copy run id')} copy={text => host.copy(text)} />
        {run.status !== 'RUNNING' && <OpenAsNotebookButton store={host.store} runId={run.runId} />}
      </p>
    </header>
  );
}
