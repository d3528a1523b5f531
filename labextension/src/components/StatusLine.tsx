import type { ReactElement } from 'react';
import { Icon } from './Icon';
import { useTranslation } from './translation';
import type { IActions } from './useActions';

/** How the last change went, and the way back. */
export function StatusLine({ actions, onUndo }: { actions: IActions; onUndo(): void }): ReactElement {
  const trans = useTranslation();
  const { status, busy, say } = actions;
  const isProblem = status?.kind === 'problem';
  return (
    <div role={isProblem ? 'alert' : 'status'} data-testid="mlops-status">
      {status !== null && (
        <div className={isProblem ? 'jp-mlops-error jp-mlops-said' : 'jp-mlops-said'}>
          {!isProblem && <Icon name="pass" />}
          <span>{status.text}</span>
          {status.undo && (
            <button
              type="button"
              className="jp-mlops-link"
              data-testid="mlops-undo"
              disabled={busy}
              onClick={onUndo}
            >
              {trans.__('Undo')}
            </button>
          )}
          <button
            type="button"
            className="jp-mlops-tool"
            aria-label={trans.__('Close the message')}
            onClick={() => say(null)}
          >
            <Icon name="close" size={12} />
          </button>
        </div>
      )}
    </div>
  );
}
