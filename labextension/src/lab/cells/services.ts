import type { JupyterFrontEnd } from '@jupyterlab/application';
import { OPEN_PAGE, OPEN_PANEL } from '../commands';
import type { IExtensionServices } from '../services';

export interface ICellServices extends IExtensionServices {
  commands: JupyterFrontEnd['commands'];
}

/** Opens a place of a store, such as "runs/<id>"; where there are no pages, the panel. */
export function openPlace(commands: JupyterFrontEnd['commands'], store: string, place: string): void {
  if (commands.hasCommand(OPEN_PAGE)) {
    void commands.execute(OPEN_PAGE, store === '' ? { place } : { store, place });
  } else if (commands.hasCommand(OPEN_PANEL)) {
    void commands.execute(OPEN_PANEL);
  }
}
