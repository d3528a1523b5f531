import type { ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IListedRun } from './types';

interface IProps {
  runs: readonly IListedRun[];
  onCancel(): void;
  onDelete(): void;
}

/** Whether these runs are really to be deleted. */
export function AskDelete({ runs, onCancel, onDelete }: IProps): ReactElement {
  const trans = useTranslation();
  return (
    <div
      className="jp-mlops-ask"
      role="alertdialog"
      aria-label={trans.__('Delete')}
      data-testid="mlops-ask-delete"
    >
      <span>
        {runs.length === 1
          ? trans.__('Delete %1 and the runs below it?', runs[0]?.name ?? '')
          : trans.__('Delete %1 runs and those below them?', runs.length)}
      </span>
      <button type="button" className="jp-mlops-button" onClick={onCancel}>
        {trans.__('Cancel')}
      </button>
      <button
        type="button"
        className="jp-mlops-button"
        data-kind="warn"
        data-testid="mlops-delete-ok"
        autoFocus
        onKeyDown={event => event.key === 'Escape' && onCancel()}
        onClick={onDelete}
      >
        {trans.__('Delete')}
      </button>
    </div>
  );
}
