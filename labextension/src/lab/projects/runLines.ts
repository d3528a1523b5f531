/** Lines of notebooks that run projects. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { WriteRun } from '../../components/projects/RunButton';
import { runCode } from '../../components/projects/runCode';
import { codeInserter } from '../activeNotebook';

/** Writes into the notebook that was used last; into a new one beside the project where none is open. */
export function runWriter(app: JupyterFrontEnd, tracker: INotebookTracker): WriteRun {
  return async (path, entryPoint, parameters) => {
    const folder = PathExt.dirname(path);
    const panel = tracker.currentWidget ?? (await newNotebook(app, PathExt.dirname(folder)));
    await panel.context.ready;
    const from = PathExt.dirname(panel.context.path);
    const code = runCode(PathExt.relative(from, folder) || '.', entryPoint, parameters);
    app.shell.activateById(panel.id);
    codeInserter(tracker)?.(code);
  };
}

async function newNotebook({ commands }: JupyterFrontEnd, cwd: string): Promise<NotebookPanel> {
  return (await commands.execute('notebook:create-new', { cwd })) as NotebookPanel;
}
