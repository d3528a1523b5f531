import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { ICellModel } from '@jupyterlab/cells';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { mlopsIcon } from '../icons';
import { servicesOf } from '../services';
import { readStores } from '../storeHost';
import { Activities } from './activities';
import { NotebookBadges } from './badges';
import { RunNotifications } from './notifications';
import type { ICellServices } from './services';
import { StatusItem } from './statusItem';
import { UsedStores } from './usedStores';
import { canTrack, isTrackedByLine, toggleTrack } from './tracking';

const TRACK = 'jupyter-mlops:track-cell';
const CELL_RUNS = 'jupyter-mlops:cell-runs';

/** Badges beside tracked cells, and the command that makes a cell one. */
export const cells: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:cells',
  description: 'Shows beside tracked cells how their runs stand, and tracks cells.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const services = { ...servicesOf(app, translator), commands: app.commands };
    const badges = new WeakMap<NotebookPanel, NotebookBadges>();
    const bind = (panel: NotebookPanel): void => {
      badges.set(panel, new NotebookBadges(panel, services));
    };
    tracker.forEach(bind);
    tracker.widgetAdded.connect((_, panel) => bind(panel));
    addCommands(app, tracker, palette, services, badges);
  }
};

function addCommands(
  { commands }: JupyterFrontEnd,
  tracker: INotebookTracker,
  palette: ICommandPalette | null,
  { trans }: ICellServices,
  badges: WeakMap<NotebookPanel, NotebookBadges>
): void {
  const canNow = (): boolean => tracker.currentWidget !== null && canTrack(tracker.currentWidget);
  commands.addCommand(TRACK, {
    label: trans.__('Track This Cell'),
    caption: trans.__('Record each execution of this cell as a run (%%track)'),
    icon: mlopsIcon,
    isToggleable: true,
    isToggled: () => isTrackedByLine(tracker.activeCell),
    isEnabled: canNow,
    execute: () => {
      const panel = tracker.currentWidget;
      if (panel !== null) {
        toggleTrack(panel, trans);
      }
    }
  });
  commands.addCommand(CELL_RUNS, {
    label: trans.__('Runs of This Cell'),
    isEnabled: () => tracker.activeCell?.node.querySelector('[data-testid=mlops-cell-badge]') != null,
    execute: () => {
      const panel = tracker.currentWidget;
      const id = tracker.activeCell?.model.id;
      return panel !== null && id !== undefined && badges.get(panel)?.press(id);
    }
  });
  const changed = (): void => {
    commands.notifyCommandChanged(TRACK);
    commands.notifyCommandChanged(CELL_RUNS);
  };
  let source: ICellModel['sharedModel'] | null = null;
  tracker.activeCellChanged.connect((_, cell) => {
    changed();
    source?.changed.disconnect(changed);
    source = cell?.model.sharedModel ?? null;
    source?.changed.connect(changed);
  });
  [TRACK, CELL_RUNS].forEach(command => palette?.addItem({ command, category: trans.__('MLOps') }));
}

/** The status bar and notifications read the same answers. */
export const activity: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:activity',
  description: 'Says in the status bar what runs, and when long runs have ended or runs alert.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    const { server, changes, trans } = servicesOf(app, translator);
    // Nothing is asked before there is a notebook: what is said is about notebooks.
    const start = async (): Promise<void> => {
      tracker.widgetAdded.disconnect(begin);
      // By its key, as all others call it: changes of a store are asked for once.
      const store = await readStores(server).then(
        ({ default: own }) => own,
        () => ''
      );
      const used = new UsedStores(app, tracker, store, key => {
        const activities = new Activities(server, key, changes, () => tracker.size > 0);
        new RunNotifications(app, tracker, key, trans).follow(activities);
        return activities;
      });
      if (statusBar !== null) {
        const item = new StatusItem(app, tracker, server, used, trans);
        statusBar.registerStatusItem('jupyter-mlops:activity', {
          item,
          align: 'left',
          rank: 3,
          isActive: () => item.isActive,
          activeStateChanged: item.activeChanged
        });
      }
    };
    const begin = (): void => void start();
    tracker.widgetAdded.connect(begin);
  }
};
