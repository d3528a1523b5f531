import type { ReactElement } from 'react';
import { useTranslation, type ITranslate } from './translation';
import type { Status } from './types';

export function statusLabel(status: Status, trans: ITranslate): string {
  switch (status) {
    case 'RUNNING':
      return trans.__('Running');
    case 'SCHEDULED':
      return trans.__('Scheduled');
    case 'FAILED':
      return trans.__('Failed');
    case 'KILLED':
      return trans.__('Stopped');
    default:
      return trans.__('Finished');
  }
}

function shape(status: Status): ReactElement {
  switch (status) {
    case 'RUNNING':
      return (
        <path
          d="M8 2a6 6 0 1 1-6 6"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
        />
      );
    case 'SCHEDULED':
      return (
        <g fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
          <circle cx="8" cy="8" r="6" />
          <path d="M8 4.8V8l2.2 1.4" />
        </g>
      );
    case 'FAILED':
      return (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" className="jp-mlops-status-mark" />
        </>
      );
    case 'KILLED':
      return (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="M4.8 8h6.4" className="jp-mlops-status-mark" />
        </>
      );
    default:
      return (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="M4.8 8.3l2.3 2.3 4.2-4.8" className="jp-mlops-status-mark" />
        </>
      );
  }
}

/** Told by shape and label, not by colour alone. */
export function StatusIcon({ status, still }: { status: Status; still?: boolean }): ReactElement {
  const label = statusLabel(status, useTranslation());
  return (
    <svg
      className="jp-mlops-status"
      data-status={status}
      data-still={still || undefined}
      viewBox="0 0 16 16"
      width="14"
      height="14"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {shape(status)}
    </svg>
  );
}
