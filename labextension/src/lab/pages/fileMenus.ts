/** What the file browser's menu has for our files. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { showErrorMessage } from '@jupyterlab/apputils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { said } from '../../components/errors';
import { dict, text } from '../../components/parse';
import type { ITranslate } from '../../components/translation';
import { places, written } from '../../components/addresses';
import { mlopsIcon } from '../icons';
import type { Server } from '../request';

const OPEN_FILE = 'jupyter-mlops:open-file';
const STORE = '.duckdb';
const DESCRIBED = ['mlmodel', 'mlproject'];
const SELECTOR = '.jp-DirListing-item[data-isdir="false"]';

interface IOpen {
  (page: { store: string; place: string }): Promise<unknown>;
}

export function addFileMenu(
  app: JupyterFrontEnd,
  browsers: IFileBrowserFactory,
  server: Server,
  trans: ITranslate,
  open: IOpen
): void {
  const chosen = (): string | null => {
    const path = browsers.tracker.currentWidget?.selectedItems().next().value?.path;
    return path !== undefined && hasPage(path) ? path : null;
  };
  app.commands.addCommand(OPEN_FILE, {
    label: trans.__('Open as Page of Runs and Models'),
    icon: mlopsIcon,
    isVisible: () => chosen() !== null,
    execute: async () => {
      const path = chosen();
      if (path === null) {
        return;
      }
      try {
        await (path.endsWith(STORE)
          ? open({ store: await storeOf(server, path), place: places.runs() })
          : open({ store: '', place: written(['file'], { path }) }));
      } catch (error) {
        await showErrorMessage(trans.__('%1 can not be opened', PathExt.basename(path)), said(error));
      }
    }
  });
  app.contextMenu.addItem({ command: OPEN_FILE, selector: SELECTOR, rank: 1 });
}

function hasPage(path: string): boolean {
  const name = PathExt.basename(path).toLowerCase();
  return name.endsWith(STORE) || DESCRIBED.includes(name);
}

async function storeOf(server: Server, path: string): Promise<string> {
  return text(dict(await server.post('store-file', { path }, {})).key);
}
