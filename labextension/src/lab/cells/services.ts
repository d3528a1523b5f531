import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { OpenAsNotebook } from '../../components/notebooks';
import type { ITranslate } from '../../components/translation';
import type { Changes } from '../changes';
import type { Server } from '../request';

export interface ICellServices {
  server: Server;
  changes: Changes;
  commands: JupyterFrontEnd['commands'];
  trans: ITranslate;
  openAsNotebook: OpenAsNotebook;
}

const OPEN_PAGE = 'jupyter-mlops:open-page';
const OPEN_PANEL = 'jupyter-mlops:open';

/** Opens a place of a store, such as "runs/<id>"; where there are no pages, the panel. */
export function openPlace(commands: JupyterFrontEnd['commands'], store: string, place: string): void {
  if (commands.hasCommand(OPEN_PAGE)) {
    void commands.execute(OPEN_PAGE, store === '' ? { place } : { store, place });
  } else if (commands.hasCommand(OPEN_PANEL)) {
    void commands.execute(OPEN_PANEL);
  }
}
