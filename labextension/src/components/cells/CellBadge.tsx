import { useRef, useState, type ReactElement } from 'react';
import { formatAgo } from '../formats';
import { Popover } from '../Popover';
import { StatusIcon, statusLabel } from '../status';
import { useTranslation } from '../translation';
import { useNow } from '../useNow';
import { CellHistory } from './CellHistory';
import { isChanged, type ILatest } from './states';
import type { ICellActions, ICellRuns } from './types';

const WIDTH = 348;

interface IProps {
  runs: ICellRuns;
  latest: ILatest | null;
  source: string;
  /** Of the notebook. */
  path: string;
  actions: ICellActions;
}

/** How the last run of a cell stands, in the cell's prompt; a press tells of all of them. */
export function CellBadge({ runs, latest, source, path, actions }: IProps): ReactElement {
  const trans = useTranslation();
  const now = useNow();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const changed = isChanged(source, latest);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const began = latest?.known?.startTime ?? null;
  const label =
    latest === null
      ? trans.__('Tracked cell, no run yet')
      : [
          trans.__('Last run: %1', latest.name),
          began === null
            ? statusLabel(latest.status, trans)
            : `${statusLabel(latest.status, trans)}, ${formatAgo(began, now, trans)}`,
          ...(changed ? [trans.__('changed since then')] : [])
        ].join(' · ');
  return (
    <>
      <button
        ref={button}
        type="button"
        className="jp-mlops-cell-button"
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        title={label}
        data-testid="mlops-cell-badge"
        data-status={latest?.status ?? 'NONE'}
        data-changed={changed}
        onClick={() => setOpen(!open)}
      >
        {latest === null ? <NoRun /> : <StatusIcon status={latest.status} />}
        {changed && <span className="jp-mlops-cell-changed" />}
      </button>
      {open && button.current !== null && (
        <Popover
          label={trans.__('Runs of this cell')}
          anchor={button.current}
          width={WIDTH}
          onClose={() => setOpen(false)}
        >
          <CellHistory
            runs={runs}
            latest={latest}
            changed={changed}
            path={path}
            now={now}
            actions={actions}
            onDone={close}
          />
        </Popover>
      )}
    </>
  );
}

function NoRun(): ReactElement {
  return (
    <svg
      className="jp-mlops-status"
      data-status="KILLED"
      viewBox="0 0 16 16"
      width="14"
      height="14"
      aria-hidden="true"
    >
      <circle
        cx="8"
        cy="8"
        r="6"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeDasharray="2.4 2.3"
      />
    </svg>
  );
}
