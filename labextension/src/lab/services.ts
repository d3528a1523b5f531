import type { JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator, type ITranslator } from '@jupyterlab/translation';
import type { OpenAsNotebook } from '../components/notebooks';
import type { ITranslate } from '../components/translation';
import { Changes } from './changes';
import { notebookOpener } from './notebooks';
import { Server } from './request';

/** What every part of the extension works with. */
export interface IExtensionServices {
  server: Server;
  changes: Changes;
  trans: ITranslate;
  openAsNotebook: OpenAsNotebook;
}

export function servicesOf(app: JupyterFrontEnd, translator: ITranslator | null): IExtensionServices {
  const trans = (translator ?? nullTranslator).load('jupyter_mlops');
  const server = new Server(app.serviceManager.serverSettings, trans);
  return { server, changes: new Changes(server), trans, openAsNotebook: notebookOpener(app, server) };
}
