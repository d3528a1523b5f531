import type { ReactElement } from 'react';

/** A curve that climbs through its runs, on axes: as in JupyterLab. */
export function Logo({ size }: { size: number }): ReactElement {
  return (
    <svg className="jp-mlops-logo" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d="M4 3a1 1 0 0 1 1 1v15h15a1 1 0 1 1 0 2H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z" />
      <path d="M8.8 16.4l-1.5-1.3 3.9-4.7 3.4 2.6 3.9-6 1.7 1.1-5.1 7.8-3.6-2.7z" />
      <circle cx="8.1" cy="15.7" r="1.9" />
      <circle cx="19.3" cy="6.9" r="2.2" />
    </svg>
  );
}
