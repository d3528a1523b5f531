/** "Track this cell": the magic's line on top of a cell, and what it needs to be known to the kernel. */
import { Notification } from '@jupyterlab/apputils';
import { isCodeCellModel, type Cell, CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslate } from '../../components/translation';

const LINE = '%%track\n';
const OWN_LINE = /^\s*%%track\b[^\n]*\n?/;
const SWEEP = /^\s*%%sweep\b/;
const LOAD = '%load_ext jupyter_mlops';
const LOADS = /^\s*%(re)?load_ext\s+jupyter_mlops\b/m;

export function isTrackedByLine(cell: Cell | null): boolean {
  return cell !== null && OWN_LINE.test(cell.model.sharedModel.getSource());
}

/** Code cells of Python; a sweep is a run already. */
export function canTrack({ content }: NotebookPanel): boolean {
  const { activeCell, model } = content;
  return (
    activeCell !== null &&
    isCodeCellModel(activeCell.model) &&
    !SWEEP.test(activeCell.model.sharedModel.getSource()) &&
    /^(|i?python)$/i.test(model?.defaultKernelLanguage ?? '')
  );
}

/** Puts the line on top of the active cell, or takes it away; by the shared model, so that undo works. */
export function toggleTrack(panel: NotebookPanel, trans: ITranslate): void {
  const { activeCell } = panel.content;
  if (activeCell === null || !canTrack(panel)) {
    return;
  }
  const { sharedModel } = activeCell.model;
  const line = OWN_LINE.exec(sharedModel.getSource());
  if (line !== null) {
    sharedModel.updateSource(0, line[0].length);
    return;
  }
  sharedModel.updateSource(0, 0, LINE);
  void load(panel, trans);
}

/**
 * A cell magic that nobody has loaded is an error that tells nothing of us. Whoever gets the notebook
 * needs the line that loads it, so it goes into the notebook, in a cell above all others of code; and
 * this kernel learns of it now, after what it does at the moment.
 */
async function load(panel: NotebookPanel, trans: ITranslate): Promise<void> {
  const { content, sessionContext } = panel;
  const cells = content.widgets.filter(cell => isCodeCellModel(cell.model));
  const isWritten = cells.some(cell => LOADS.test(cell.model.sharedModel.getSource()));
  const written = isWritten ? null : insertLoad(panel);
  const kernel = sessionContext.session?.kernel;
  if (!kernel) {
    return;
  }
  const reply =
    written !== null
      ? await CodeCell.execute(written, sessionContext)
      : await kernel.requestExecute({ code: LOAD, silent: true, store_history: false }).done;
  if (reply && reply.content.status === 'error') {
    Notification.error(
      trans.__(
        'The kernel of this notebook does not have jupyter_mlops: the cell can not be tracked. Install it there.'
      ),
      { autoClose: 10000 }
    );
  }
}

function insertLoad({ content }: NotebookPanel): CodeCell | null {
  const at = Math.max(
    0,
    content.widgets.findIndex(cell => isCodeCellModel(cell.model))
  );
  content.model?.sharedModel.insertCell(at, { cell_type: 'code', source: LOAD, metadata: {} });
  const inserted = content.widgets[at];
  return inserted instanceof CodeCell ? inserted : null;
}
