import type { ReactElement } from 'react';
import { formatAgo, formatNumber, formatTime, lastPart } from '../formats';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import { isOfNotebook } from './states';
import type { ICellRun, ICellRuns } from './types';

interface IProps {
  runs: ICellRuns;
  path: string;
  now: number;
  onOpen(runId: string): void;
  onCompareCode(before: ICellRun, run: ICellRun): void;
}

/** The runs of a cell, newest first. */
export function CellRunList({ runs, path, now, onOpen, onCompareCode }: IProps): ReactElement {
  const trans = useTranslation();
  return (
    <ol
      className="jp-mlops-cell-runs"
      aria-label={trans.__('Runs of this cell')}
      data-testid="mlops-cell-runs"
    >
      {runs.runs.map((run, at) => {
        const before = runs.runs[at + 1];
        const isOther = before !== undefined && run.digest !== before.digest;
        return (
          <li key={run.runId}>
            <button
              type="button"
              className="jp-mlops-cell-run"
              data-run-id={run.runId}
              title={run.startTime === null ? run.name : `${run.name} · ${formatTime(run.startTime)}`}
              onClick={() => onOpen(run.runId)}
            >
              <StatusIcon status={run.status} />
              <span className="jp-mlops-clip">
                {run.name}
                {!isOfNotebook(run, path) && (
                  <span className="jp-mlops-quiet"> {trans.__('in %1', lastPart(run.notebook ?? ''))}</span>
                )}
              </span>
              <span className="jp-mlops-cell-value">{run.value === null ? '' : formatNumber(run.value)}</span>
              <span className="jp-mlops-quiet jp-mlops-cell-ago">
                {run.startTime === null ? '' : formatAgo(run.startTime, now, trans)}
              </span>
            </button>
            {isOther && before !== undefined ? (
              <button
                type="button"
                className="jp-mlops-tool"
                aria-label={trans.__('What %1 changed in the code', run.name)}
                title={trans.__('What this run changed in the code')}
                data-testid="mlops-cell-difference-before"
                onClick={() => onCompareCode(before, run)}
              >
                ±
              </button>
            ) : (
              <span />
            )}
          </li>
        );
      })}
      {runs.more && <li className="jp-mlops-quiet">{trans.__('and older ones')}</li>}
    </ol>
  );
}
