import { useId, useState, type ReactElement } from 'react';
import { isSystem } from '../keys';
import { StatusLine } from '../StatusLine';
import { tabId, tabPanelId, Tabs } from '../Tabs';
import { useTranslation, type ITranslate } from '../translation';
import { useAnswer } from '../useAnswer';
import { Artifacts } from './Artifacts';
import { Code } from './Code';
import { Logs } from './Logs';
import { Metrics } from './Metrics';
import { Overview } from './Overview';
import { RunEvaluation } from './RunEvaluation';
import { RunHead } from './RunHead';
import { RunLineage } from './RunLineage';
import { RunModels } from './RunModels';
import type { IRunDetails, IRunsHost } from './types';
import { useRunEdits } from './useRunEdits';

const RUN_TABS = [
  'overview',
  'metrics',
  'evaluation',
  'system',
  'logs',
  'artifacts',
  'model',
  'code',
  'lineage'
] as const;
/** A run that has it holds an evaluation. */
const EVALUATED_TAG = 'jupyter_mlops.evaluation.rows';
type RunTab = (typeof RUN_TABS)[number];

/** The tab that an address means. */
export function readRunTab(name: string | null): RunTab {
  return RUN_TABS.find(one => one === name) ?? (name === 'charts' ? 'metrics' : 'overview');
}

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

/** One run; each tab asks its questions when it is opened. */
export function RunPage(props: IProps): ReactElement {
  const { host, runId, tab, stamp, onTab } = props;
  const trans = useTranslation();
  const id = useId();
  const [changes, setChanges] = useState(0);
  const answer = useAnswer(() => host.run(runId), runId, stamp + changes);
  const run = answer.kept;
  const edits = useRunEdits(host, runId, () => setChanges(count => count + 1));
  return (
    <div
      className="jp-mlops-run-page"
      data-testid="mlops-run-page"
      data-run-id={runId}
      aria-busy={answer.pending}
    >
      {answer.problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {answer.problem}{' '}
          <button type="button" className="jp-mlops-link" onClick={() => setChanges(count => count + 1)}>
            {trans.__('Try again')}
          </button>
        </div>
      )}
      {run === null && answer.pending && <p className="jp-mlops-empty">{trans.__('Loading…')}</p>}
      {run !== null && (
        <>
          <RunHead host={host} run={run} edits={edits} />
          <StatusLine actions={edits.actions} onUndo={() => void edits.restore()} />
          <Tabs id={id} label={trans.__('Run')} tabs={tabsOf(run, trans)} tab={tab} onTab={onTab} />
          <div role="tabpanel" id={tabPanelId(id, tab)} aria-labelledby={tabId(id, tab)}>
            <Tab {...props} run={run} edits={edits} />
          </div>
        </>
      )}
    </div>
  );
}

function tabsOf(run: IRunDetails, trans: ITranslate): [RunTab, string][] {
  const own = run.metrics.filter(({ key }) => !isSystem(key)).length;
  const evaluated = run.tags.some(({ key }) => key === EVALUATED_TAG);
  return [
    ['overview', trans.__('Overview')],
    ['metrics', own === 0 ? trans.__('Metrics') : trans.__('Metrics %1', own)],
    ...(evaluated ? ([['evaluation', trans.__('Evaluation')]] as [RunTab, string][]) : []),
    ['system', trans.__('System')],
    ['logs', trans.__('Logs')],
    ['artifacts', trans.__('Artifacts')],
    ['model', trans.__('Model')],
    ['code', trans.__('Code')],
    ['lineage', trans.__('Lineage')]
  ];
}

type ITab = IProps & { run: IRunDetails; edits: ReturnType<typeof useRunEdits> };

function Tab({ host, run, edits, tab, path, stamp, onPath }: ITab): ReactElement {
  // What has ended no longer changes but by what the page itself does.
  const live = run.status === 'RUNNING' ? stamp : 0;
  switch (tab) {
    case 'overview':
      return <Overview host={host} run={run} edits={edits} />;
    case 'metrics':
    case 'system':
      return <Metrics key={tab} host={host} run={run} system={tab === 'system'} />;
    case 'evaluation':
      return <RunEvaluation host={host} run={run} stamp={live} />;
    case 'logs':
      return <Logs host={host} run={run} />;
    case 'artifacts':
      return <Artifacts host={host} run={run} path={path} stamp={live} onPath={onPath} />;
    case 'model':
      return <RunModels host={host} run={run} stamp={live} />;
    case 'code':
      return <Code host={host} run={run} stamp={live} />;
    case 'lineage':
      return <RunLineage host={host} run={run} stamp={stamp} />;
  }
}
