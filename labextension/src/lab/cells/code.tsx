import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';
import type { ICellActions, ICellRun } from '../../components/cells/types';
import { readDiff, readDifference, type IDiff } from '../../components/charts/differences';
import { DiffText } from '../../components/charts/DiffText';
import { said } from '../../components/errors';
import { dict, textOrNull } from '../../components/parse';
import { Translation } from '../../components/translation';
import { places } from '../../components/addresses';
import { openPlace, type ICellServices } from './services';
import type { ITrackedCell } from './trackedCells';

/** What the menu of a badge does: shows runs, and the code that they ran. */
export class CellCode {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly services: ICellServices
  ) {}

  actions(cell: ITrackedCell, store: string): ICellActions {
    const { commands, openAsNotebook } = this.services;
    const report = (work: Promise<void>): void => void work.catch(error => this.complain(said(error)));
    return {
      open: runId => openPlace(commands, store, places.run(runId)),
      compare: runIds => openPlace(commands, store, places.compare(runIds)),
      showChanges: run => report(this.showChanges(cell, store, run)),
      showDifference: (before, run) => report(this.showDifference(store, before, run)),
      restore: run => report(this.restore(cell, store, run)),
      openAsNotebook: runId => report(openAsNotebook(store, runId))
    };
  }

  private async showChanges(cell: ITrackedCell, store: string, run: ICellRun): Promise<void> {
    const { trans } = this.services;
    const { source, diff } = await this.code(store, run, sourceOf(cell));
    if (source === null) {
      return this.complain(trans.__('The run %1 has not kept its code.', run.name));
    }
    const restores = await this.show(
      trans.__('Changed since the run %1', run.name),
      <DiffText diff={diff} label={trans.__('What was changed')} />,
      Dialog.okButton({
        label: trans.__('Restore this code'),
        caption: trans.__('Put the code that ran back into the cell')
      })
    );
    if (restores) {
      this.put(cell, source);
    }
  }

  private async showDifference(store: string, before: ICellRun, run: ICellRun): Promise<void> {
    const { server, trans } = this.services;
    const body = { run_id: before.runId, other_id: run.runId };
    const { code } = readDifference(await server.post('views/run_diff', { store }, body));
    await this.show(
      before.name === run.name
        ? trans.__('What this run of %1 changed in the code', run.name)
        : trans.__('Code: %1 → %2', before.name, run.name),
      code.length === 0 ? (
        <p>{trans.__('The code of both runs is the same, or was not kept.')}</p>
      ) : (
        code.map(one => (
          <section key={one.name}>
            {code.length > 1 && <h4>{one.name}</h4>}
            <DiffText diff={one} label={one.name} />
          </section>
        ))
      )
    );
  }

  private async restore(cell: ITrackedCell, store: string, run: ICellRun): Promise<void> {
    const { source } = await this.code(store, run, null);
    if (source === null) {
      return this.complain(this.services.trans.__('The run %1 has not kept its code.', run.name));
    }
    this.put(cell, source);
  }

  /** By the shared model, so that the editor's undo takes it back. */
  private put({ widget }: ITrackedCell, source: string): void {
    const { content } = this.panel;
    const at = content.widgets.indexOf(widget);
    if (at < 0 || widget.isDisposed) {
      return;
    }
    widget.model.sharedModel.setSource(source);
    content.activeCellIndex = at;
    content.activate();
  }

  private async code(
    store: string,
    { runId }: ICellRun,
    source: string | null
  ): Promise<{ source: string | null; diff: IDiff }> {
    const found = dict(
      await this.services.server.post('views/cell_code', { store }, { run_id: runId, source })
    );
    return { source: textOrNull(found.source), diff: readDiff(found) };
  }

  private async show(
    title: string,
    body: ReactElement | ReactElement[],
    button?: Dialog.IButton
  ): Promise<boolean> {
    const { trans } = this.services;
    const widget = ReactWidget.create(<Translation.Provider value={trans}>{body}</Translation.Provider>);
    widget.addClass('jp-mlops-view');
    widget.addClass('jp-mlops-cell-code');
    const close = Dialog.cancelButton({ label: trans.__('Close') });
    const { button: pressed } = await showDialog({
      title,
      body: widget,
      buttons: button === undefined ? [close] : [close, button],
      defaultButton: 0
    });
    return pressed.accept;
  }

  private complain(message: string): void {
    Notification.error(message, { autoClose: 8000 });
  }
}

function sourceOf({ widget }: ITrackedCell): string {
  return widget.model.sharedModel.getSource();
}
