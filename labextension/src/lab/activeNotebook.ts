/** What the panel knows of the notebook in front, and does with it. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { KernelAPI } from '@jupyterlab/services';
import { isNotebook } from '../components/notebookPaths';
import type { IListedRun } from '../components/panel/types';
import { dict, textOrNull } from '../components/parse';
import type { ITranslate } from '../components/translation';
import { MIME } from '../linked/mimes';
import { Observed } from '../components/Observed';

const WAIT_MS = 1000;
const LOADS = /^\s*%(re)?load_ext\s+jupyter_mlops\b/m;
const IMPORTS = /^\s*(import|from)\b.*\bmlflow\b/m;

/** The store of the notebook in front: that of the last of our outputs in it. */
export class FollowedStore extends Observed {
  constructor(private readonly tracker: INotebookTracker | null) {
    super();
    tracker?.currentChanged.connect(this.follow, this);
    this.follow();
  }

  readonly get = (): string | null => this.store;

  private follow(): void {
    this.panel?.content.modelContentChanged.disconnect(this.wait, this);
    this.panel = this.tracker?.currentWidget ?? null;
    this.panel?.content.modelContentChanged.connect(this.wait, this);
    this.look();
    void this.panel?.context.ready.then(() => this.look());
  }

  private wait(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.look(), WAIT_MS);
  }

  private look(): void {
    // Without a notebook in front, what was followed last stays.
    const found = this.panel === null || this.panel.isDisposed ? null : storeOf(this.panel);
    if (found !== null && found !== this.store) {
      this.store = found;
      this.tell();
    }
  }

  private store: string | null = null;
  private panel: NotebookPanel | null = null;
  private timer = 0;
}

/** That of the last of our outputs in a notebook. */
export function storeOf({ content }: NotebookPanel): string | null {
  const cells = content.model?.cells;
  for (let place = (cells?.length ?? 0) - 1; place >= 0; place -= 1) {
    const cell = cells?.get(place);
    const outputs = cell?.type === 'code' ? (cell as ICodeCellModel).outputs : null;
    for (let index = (outputs?.length ?? 0) - 1; index >= 0; index -= 1) {
      const store = textOrNull(dict(outputs?.get(index).data[MIME]).store);
      if (store !== null) {
        return store;
      }
    }
  }
  return null;
}

/** Null where there is no notebook to write into. What the code needs is written above it, once a notebook. */
export function codeInserter(tracker: INotebookTracker | null): ((code: string) => void) | null {
  const notebook = tracker?.currentWidget?.content;
  if (notebook?.model == null || notebook.model.readOnly) {
    return null;
  }
  return code => {
    const sources = [...(notebook.model?.cells ?? [])].map(cell => cell.sharedModel.source);
    const [need, known] = code.startsWith('%')
      ? ['%load_ext jupyter_mlops\n', LOADS]
      : ['import jupyter_mlops as mlflow\n', IMPORTS];
    const isKnown = sources.some(source => known.test(source));
    const { activeCell } = notebook;
    if (activeCell?.model.type !== 'code' || activeCell.model.sharedModel.source.trim() !== '') {
      NotebookActions.insertBelow(notebook);
    }
    notebook.activeCell?.model.sharedModel.setSource((isKnown ? '' : need) + code);
    void NotebookActions.focusActiveCell(notebook);
  };
}

/** Interrupts the kernel of the run's notebook, if this server has it. */
export async function stopRun(app: JupyterFrontEnd, run: IListedRun, trans: ITranslate): Promise<string> {
  const { notebook, name } = run;
  if (notebook === null) {
    throw new Error(
      trans.__('%1 was not begun in a notebook: stop the program that runs it, where it runs.', name)
    );
  }
  const { sessions } = app.serviceManager;
  await sessions.refreshRunning();
  const session = [...sessions.running()].find(({ path }) => isNotebook(notebook, path));
  const kernel = session?.kernel;
  if (!kernel) {
    throw new Error(
      trans.__('%1 has no kernel in this server: %2 runs elsewhere or is closed.', notebook, name)
    );
  }
  if (kernel.execution_state === 'idle') {
    throw new Error(
      trans.__('The kernel of %1 runs no cell: end the run there with mlflow.end_run().', notebook)
    );
  }
  await KernelAPI.interruptKernel(kernel.id, app.serviceManager.serverSettings);
  return trans.__('The kernel of %1 is interrupted', notebook);
}
