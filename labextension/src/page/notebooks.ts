import { download } from '../components/download';
import { readRunNotebook, type OpenAsNotebook } from '../components/notebooks';
import type { Server } from './request';

/** A page has no place for notebooks: the browser keeps the file. */
export function notebookDownloader(server: Server): OpenAsNotebook {
  return async (_, runId) => {
    const { name, notebook } = readRunNotebook(await server.post('views/run_notebook', { run_id: runId }));
    download(name, JSON.stringify(notebook, null, 1), 'application/x-ipynb+json');
  };
}
