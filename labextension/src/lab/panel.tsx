import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { ReactElement } from 'react';
import { readJson, writeJson } from '../components/browserStore';
import { Notebooks } from '../components/notebooks';
import { Panel } from '../components/panel/Panel';
import { Translation } from '../components/translation';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { IPanelHost } from '../components/panel/types';
import { codeInserter, FollowedStore, stopRun } from './activeNotebook';
import { OPEN_PAGE, OPEN_PANEL } from './commands';
import { mlopsIcon } from './icons';
import { servicesOf, type IExtensionServices } from './services';
import { readStores, StoreHost } from './storeHost';
import { StoreServer } from './storeServer';

const ID = 'jupyter-mlops-panel';
/** Between the last of JupyterLab's own panels and its first default for others. */
const RANK = 600;

/** What the panel keeps is of this browser, as the widths of panels are. */
const MEMORY: IPanelHost['memory'] = {
  read: name => readJson(`${ID}:${name}`),
  write: (name, value) => writeJson(`${ID}:${name}`, value)
};

class PanelWidget extends ReactWidget {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly services: IExtensionServices,
    private readonly tracker: INotebookTracker | null
  ) {
    super();
    this.id = ID;
    this.addClass('jp-mlops-panel');
    this.title.icon = mlopsIcon;
    this.title.caption = services.trans.__('Runs and Models');
  }

  private makeHost(): IPanelHost {
    const { app, tracker } = this;
    const { server, changes, trans } = this.services;
    return {
      stores: () => readStores(server),
      store: key => new StoreHost(new StoreServer(server, key), key),
      watch: (key, moved) => changes.watch(key, () => this.isVisible, moved),
      surroundings: () => ({
        open: app.commands.hasCommand(OPEN_PAGE)
          ? (store, place) => void app.commands.execute(OPEN_PAGE, { store, place })
          : null,
        insertCode: codeInserter(tracker)
      }),
      stop: run => stopRun(app, run, trans),
      followed: new FollowedStore(tracker),
      memory: MEMORY
    };
  }

  protected override render(): ReactElement {
    return (
      <Translation.Provider value={this.services.trans}>
        <Notebooks.Provider value={this.services.openAsNotebook}>
          {this.host && <Panel host={this.host} />}
        </Notebooks.Provider>
      </Translation.Provider>
    );
  }

  /** Nothing is asked of the server, nor looked for in notebooks, before the panel is seen. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.host ??= this.makeHost();
    this.update();
    this.services.changes.poke();
  }

  private host: IPanelHost | null = null;
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
    const services = servicesOf(app, translator);
    const { trans } = services;
    const widget = new PanelWidget(app, services, tracker);
    app.shell.add(widget, 'left', { rank: RANK, type: 'MLOps' });
    restorer?.add(widget, ID);
    app.commands.addCommand(OPEN_PANEL, {
      label: trans.__('Show Runs and Models'),
      icon: mlopsIcon,
      execute: () => app.shell.activateById(ID)
    });
    palette?.addItem({ command: OPEN_PANEL, category: trans.__('MLOps') });
  }
};
