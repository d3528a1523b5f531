import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';
import { stageLabel } from '../components/stages';
import type { ITranslate } from '../components/translation';
import type { IStageChange } from '../components/types';

interface IAnswer {
  archive: boolean;
}

/** Says what will happen before it happens: model, version, from where to where, and who must leave. */
class StageBody extends ReactWidget implements Dialog.IBodyWidget<IAnswer> {
  constructor(
    private readonly change: IStageChange,
    private readonly trans: ITranslate
  ) {
    super();
    this.addClass('jp-mlops-dialog');
    this.archive = canArchive(change);
  }

  getValue(): IAnswer {
    return { archive: this.archive };
  }

  protected override render(): ReactElement {
    const { change, trans } = this;
    return (
      <>
        <p>
          <strong>{change.model}</strong>, {trans.__('version %1', change.version)}
        </p>
        <p className="jp-mlops-from-to">
          <span className="jp-mlops-badge" data-stage={change.from}>
            {stageLabel(change.from, trans)}
          </span>
          <span aria-label={trans.__('to')}>→</span>
          <span className="jp-mlops-badge" data-stage={change.to}>
            {stageLabel(change.to, trans)}
          </span>
        </p>
        {canArchive(change) && (
          <label className="jp-mlops-check">
            <input
              type="checkbox"
              data-testid="mlops-archive"
              defaultChecked={this.archive}
              onChange={event => {
                this.archive = event.target.checked;
              }}
            />
            {trans._n(
              'Archive the version now in %2: version %3',
              'Archive the versions now in %2: versions %3',
              change.occupants.length,
              stageLabel(change.to, trans),
              change.occupants.join(', ')
            )}
          </label>
        )}
      </>
    );
  }

  private archive: boolean;
}

/** The protocol archives only for these two, and there is something to archive. */
function canArchive(change: IStageChange): boolean {
  return (change.to === 'Staging' || change.to === 'Production') && change.occupants.length > 0;
}

export async function askStage(change: IStageChange, trans: ITranslate): Promise<IAnswer | null> {
  const result = await showDialog({
    title: trans.__('Change the stage?'),
    body: new StageBody(change, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Move to %1', stageLabel(change.to, trans)) })
    ]
  });
  return result.button.accept ? result.value : null;
}
