import { readRunNotebook, type OpenAsNotebook } from '../components/notebooks';
import type { Server } from './request';

/** A page has no place for notebooks: the browser keeps the file. */
export function notebookDownloader(server: Server): OpenAsNotebook {
  return async (_, runId) => {
    const { name, notebook } = readRunNotebook(await server.post('views/run_notebook', { run_id: runId }));
    const file = new Blob([JSON.stringify(notebook, null, 1)], { type: 'application/x-ipynb+json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
}
