import { isCodeCellModel, type CodeCell, type ICellModel } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import { readCardRun } from '../../components/cells/answers';
import { isTracked } from '../../components/cells/states';
import type { ICardRun } from '../../components/cells/types';
import { MIME } from '../../linked/mimes';

export interface ITrackedCell {
  widget: CodeCell;
  id: string;
  source: string;
  card: ICardRun | null;
}

/** What the outputs of a cell tell of its last run. */
export function cardOf(model: ICellModel): ICardRun | null {
  if (!isCodeCellModel(model)) {
    return null;
  }
  for (let at = model.outputs.length - 1; at >= 0; at--) {
    const card = readCardRun(model.outputs.get(at).data[MIME]);
    if (card !== null) {
      return card;
    }
  }
  return null;
}

/** Those of the page's cells that are runs. A cell that is scrolled away has no place for a badge. */
export function trackedCells(notebook: Notebook): ITrackedCell[] {
  return notebook.widgets.flatMap(cell => {
    const widget = cell as CodeCell;
    if (!isCodeCellModel(cell.model) || !cell.isAttached || widget.inputArea === null) {
      return [];
    }
    const source = cell.model.sharedModel.getSource();
    const card = cardOf(cell.model);
    return isTracked(source) || card !== null ? [{ widget, id: cell.model.id, source, card }] : [];
  });
}

/** The newest run that any output of the notebook tells of: what its kernel said last. */
export function lastCard(notebook: Notebook): ICardRun | null {
  const cards = [...(notebook.model?.cells ?? [])].map(cardOf);
  return cards.reduce(
    (last, one) => (one !== null && (last === null || one.runId > last.runId) ? one : last),
    null
  );
}
