import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { readRunNotebook, type OpenAsNotebook } from '../components/notebooks';
import type { Server } from './request';

const MOST_NAMES = 100;

/** Writes a run's notebook beside the one that is open, and opens it. */
export function notebookOpener(app: JupyterFrontEnd, server: Server): OpenAsNotebook {
  return async (store, runId) => {
    const answer = await server.post('views/run_notebook', { store }, { run_id: runId });
    const { name, notebook } = readRunNotebook(answer);
    const { contents } = app.serviceManager;
    const path = await freePath(contents, folderOf(app), name);
    await contents.save(path, { type: 'notebook', format: 'json', content: notebook });
    await app.commands.execute('docmanager:open', { path });
  };
}

/** Of the notebook or file in front; the server's root where there is none. */
function folderOf(app: JupyterFrontEnd): string {
  const { currentWidget } = app.shell;
  const context = currentWidget !== null && 'context' in currentWidget ? currentWidget.context : null;
  const path = context instanceof Object && 'path' in context ? context.path : null;
  return typeof path === 'string' ? PathExt.dirname(path) : '';
}

/** A name that no file has: what somebody changed in an earlier one stays as it is. */
async function freePath(contents: Contents.IManager, folder: string, name: string): Promise<string> {
  const taken = new Set(
    await contents.get(folder).then(
      ({ content }: Contents.IModel) => (content as Contents.IModel[]).map(one => one.name),
      () => []
    )
  );
  const stem = PathExt.basename(name, '.ipynb');
  for (let number = 1; number < MOST_NAMES; number++) {
    const tried = number === 1 ? `${stem}.ipynb` : `${stem}-${number}.ipynb`;
    if (!taken.has(tried)) {
      return PathExt.join(folder, tried);
    }
  }
  return PathExt.join(folder, `${stem}-${Date.now()}.ipynb`);
}
