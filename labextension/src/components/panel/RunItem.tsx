import type { ReactElement } from 'react';
import { formatAgo, formatDuration, formatNumber, formatTime } from '../formats';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import type { IRun, IStoreHost } from '../types';
import { RunDetails } from './RunDetails';

interface IProps {
  run: IRun;
  host: IStoreHost;
  now: number;
  tabIndex: number;
  open: boolean;
  onToggle(): void;
}

const KEY_METRICS = 2;

export function RunItem({ run, host, now, tabIndex, open, onToggle }: IProps): ReactElement {
  const trans = useTranslation();
  const { startTime, endTime } = run;
  const end = endTime ?? (run.status === 'RUNNING' ? now : null);
  const metrics = run.metrics.filter(metric => !metric.key.startsWith('system/')).slice(0, KEY_METRICS);
  return (
    <div className="jp-mlops-item" data-testid="mlops-run" data-run-id={run.runId} data-open={open}>
      <button
        type="button"
        className="jp-mlops-item-button"
        tabIndex={tabIndex}
        aria-expanded={open}
        onClick={onToggle}
      >
        <StatusIcon status={run.status} />
        <span className="jp-mlops-item-name" title={run.name}>
          {run.name}
        </span>
        <span className="jp-mlops-item-when" title={startTime === null ? undefined : formatTime(startTime)}>
          {startTime === null ? '' : formatAgo(startTime, now, trans)}
        </span>
        <span className="jp-mlops-item-line">
          {metrics.map(metric => (
            <span key={metric.key} className="jp-mlops-pair">
              <span className="jp-mlops-clip">{metric.key}</span>
              <b>{formatNumber(metric.value, 4)}</b>
            </span>
          ))}
        </span>
        <span className="jp-mlops-item-when">
          {startTime === null || end === null ? '' : formatDuration(Math.max(0, end - startTime) / 1000)}
        </span>
      </button>
      {open && <RunDetails run={run} host={host} />}
    </div>
  );
}
