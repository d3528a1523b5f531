import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { ReactElement } from 'react';
import { Notebooks, type OpenAsNotebook } from '../components/notebooks';
import { Panel } from '../components/panel/Panel';
import { Translation, type ITranslate } from '../components/translation';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { IPanelHost } from '../components/panel/types';
import { codeInserter, FollowedStore, stopRun } from './activeNotebook';
import { Changes } from './changes';
import { mlopsIcon } from './icons';
import { notebookOpener } from './notebooks';
import { Server } from './request';
import { readStores, StoreHost } from './storeHost';

const OPEN = 'jupyter-mlops:open';
/** Of the pages of the main area. */
const OPEN_PAGE = 'jupyter-mlops:open-page';
const ID = 'jupyter-mlops-panel';
/** Between the last of JupyterLab's own panels and its first default for others. */
const RANK = 600;

/** What the panel keeps is of this browser, as the widths of panels are. */
function read(name: string): unknown {
  try {
    return JSON.parse(window.localStorage.getItem(`${ID}:${name}`) ?? 'null');
  } catch {
    return null;
  }
}

function write(name: string, value: unknown): void {
  try {
    window.localStorage.setItem(`${ID}:${name}`, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing shows it the next time as if it were the first.
  }
}

class PanelWidget extends ReactWidget {
  constructor(
    server: Server,
    app: JupyterFrontEnd,
    tracker: INotebookTracker | null,
    private readonly trans: ITranslate,
    private readonly openAsNotebook: OpenAsNotebook
  ) {
    super();
    this.id = ID;
    this.addClass('jp-mlops-panel');
    this.title.icon = mlopsIcon;
    this.title.caption = trans.__('Runs and models');
    this.changes = new Changes(server);
    this.host = {
      stores: () => readStores(server),
      store: key => new StoreHost(server, key),
      watch: (key, moved) => this.changes.watch(key, () => this.isVisible, moved),
      surroundings: () => ({
        open: app.commands.hasCommand(OPEN_PAGE)
          ? (store, place) => void app.commands.execute(OPEN_PAGE, { store, place })
          : null,
        insertCode: codeInserter(tracker)
      }),
      stop: run => stopRun(app, run, trans),
      followed: new FollowedStore(tracker),
      memory: { read, write }
    };
  }

  protected override render(): ReactElement {
    return (
      <Translation.Provider value={this.trans}>
        <Notebooks.Provider value={this.openAsNotebook}>
          {this.opened && <Panel host={this.host} />}
        </Notebooks.Provider>
      </Translation.Provider>
    );
  }

  /** Nothing is asked of the server before the panel is seen. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.opened = true;
    this.update();
    this.changes.poke();
  }

  private readonly host: IPanelHost;
  private readonly changes: Changes;
  private opened = false;
}

export const panel: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:panel',
  description: 'Shows runs and registered models beside the notebook.',
  autoStart: true,
  optional: [ILayoutRestorer, ICommandPalette, ITranslator, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
    tracker: INotebookTracker | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const server = new Server(app.serviceManager.serverSettings, trans);
    const widget = new PanelWidget(server, app, tracker, trans, notebookOpener(app, server));
    app.shell.add(widget, 'left', { rank: RANK, type: 'MLOps' });
    restorer?.add(widget, ID);
    app.commands.addCommand(OPEN, {
      label: trans.__('Show Runs and Models'),
      icon: mlopsIcon,
      execute: () => app.shell.activateById(ID)
    });
    palette?.addItem({ command: OPEN, category: trans.__('MLOps') });
  }
};
