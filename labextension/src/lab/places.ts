/** What a view is given by the page, and where in the page it stands. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Charts } from '../components/figures/charts';
import type { ITranslate } from '../components/translation';
import type { Changes } from './changes';
import type { Server } from './request';

export interface IServices {
  server: Server;
  changes: Changes;
  trans: ITranslate;
}

/** Where an output stands: a notebook has a kernel and a file, other places have neither. */
export interface IPlace {
  charts: Charts;
  rendermime: IRenderMimeRegistry;
  session: ISessionContext | null;
  /** Called before the file is written; the answer of it ends that. */
  onSave(flush: () => void): () => void;
}
