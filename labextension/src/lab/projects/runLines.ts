/** Lines of notebooks that run projects. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IGiven, WriteRun } from '../../components/projects/RunButton';
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

/** JSON's texts and numbers are Python's. */
function runCode(folder: string, entryPoint: string, parameters: IGiven[]): string {
  const values = parameters.map(
    one => `    ${JSON.stringify(one.name)}: ${JSON.stringify(one.default ?? '')},`
  );
  const given = values.length === 0 ? '' : `, parameters={\n${values.join('\n')}\n}`;
  const named = entryPoint === 'main' ? '' : `, ${JSON.stringify(entryPoint)}`;
  return `mlflow.run(${JSON.stringify(folder)}${named}${given})`;
}
