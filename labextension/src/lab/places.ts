/** Where an output of JupyterLab stands. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IPlace, IServices } from '../linked/places';
import type { OpenAsNotebook } from '../components/notebooks';
import type { Server } from './request';

export interface ILabServices extends IServices {
  server: Server;
  openAsNotebook: OpenAsNotebook;
}

export interface ILabPlace extends IPlace {
  rendermime: IRenderMimeRegistry;
  session: ISessionContext | null;
  /** Puts Markdown cells below the cell that holds a node; null where there are none. */
  insertCells: ((node: HTMLElement, cells: string[]) => void) | null;
}
