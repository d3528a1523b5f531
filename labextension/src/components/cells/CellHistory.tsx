import type { ReactElement } from 'react';
import { formatAgo, formatDuration } from '../formats';
import { StatusIcon, statusLabel } from '../status';
import { useTranslation, type ITranslate } from '../translation';
import { CellRunList } from './CellRunList';
import { MetricHistory } from './MetricHistory';
import type { ILatest } from './states';
import type { ICellActions, ICellRuns } from './types';

interface IProps {
  runs: ICellRuns;
  latest: ILatest | null;
  changed: boolean;
  path: string;
  now: number;
  actions: ICellActions;
  /** Something was chosen that is shown elsewhere. */
  onDone(): void;
}

/** The runs of one cell: their main metric, a list of them, and what can be done with their code. */
export function CellHistory(props: IProps): ReactElement {
  const { runs, latest, changed, path, now, actions, onDone } = props;
  const trans = useTranslation();
  if (latest === null) {
    return (
      <p className="jp-mlops-quiet jp-mlops-cell-none">
        {trans.__('This cell has no run yet. Run it, and its runs are told of here.')}
      </p>
    );
  }
  const open = (runId: string): void => {
    onDone();
    actions.open(runId);
  };
  return (
    <>
      <div className="jp-mlops-cell-head">
        <StatusIcon status={latest.status} />
        <b className="jp-mlops-clip" title={latest.name}>
          {latest.name}
        </b>
        <span className="jp-mlops-quiet">{told(latest, now, trans)}</span>
      </div>
      {latest.known?.error != null && (
        <div className="jp-mlops-error jp-mlops-cell-error">{latest.known.error}</div>
      )}
      {changed && (
        <p className="jp-mlops-cell-note" data-testid="mlops-cell-changed">
          {trans.__('The code was changed since this run.')}
        </p>
      )}
      <MetricHistory runs={runs} now={now} onOpen={open} />
      {runs.runs.length > 0 && (
        <CellRunList
          runs={runs}
          path={path}
          now={now}
          onOpen={open}
          onCompareCode={(before, run) => {
            onDone();
            actions.showDifference(before, run);
          }}
        />
      )}
      <Actions {...props} latest={latest} />
    </>
  );
}

function told({ status, known }: ILatest, now: number, trans: ITranslate): string {
  const label = statusLabel(status, trans).toLowerCase();
  if (known === null || known.startTime === null) {
    return label;
  }
  const ended = known.endTime !== null && status !== 'RUNNING';
  return ended
    ? trans.__('%1 in %2', label, formatDuration((known.endTime! - known.startTime) / 1000))
    : trans.__('%1, began %2', label, formatAgo(known.startTime, now, trans));
}

function Actions({ runs, latest, changed, actions, onDone }: IProps & { latest: ILatest }): ReactElement {
  const trans = useTranslation();
  const { known } = latest;
  const [, before] = runs.runs;
  const items: [string, string, boolean, () => void][] = [
    ['open', trans.__('Open the last run'), true, () => actions.open(latest.runId)],
    [
      'compare',
      trans.__('Compare these runs'),
      runs.runs.length > 1,
      () => actions.compare(runs.runs.map(run => run.runId))
    ],
    ['changes', trans.__('Show what was changed since'), changed, () => known && actions.showChanges(known)],
    ['restore', trans.__('Restore the code of the last run'), changed, () => known && actions.restore(known)],
    [
      'difference',
      trans.__('Compare the code of the last two runs'),
      before !== undefined,
      () => runs.runs[0] && before && actions.showDifference(before, runs.runs[0])
    ],
    [
      'notebook',
      trans.__('Open the last run as a notebook'),
      true,
      () => actions.openAsNotebook(latest.runId)
    ]
  ];
  return (
    <ul className="jp-mlops-cell-actions" aria-label={trans.__('Actions')}>
      {items
        .filter(([, , possible]) => possible)
        .map(([id, label, , act]) => (
          <li key={id}>
            <button
              type="button"
              data-testid={`mlops-cell-${id}`}
              onClick={() => {
                onDone();
                act();
              }}
            >
              {label}
            </button>
          </li>
        ))}
    </ul>
  );
}
