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
}
