import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { NewsDesk, type INews } from '../../components/cells/news';
import { isNotebook } from '../../components/notebookPaths';
import { formatDuration } from '../../components/formats';
import { preferences } from '../../components/preferences';
import { statusLabel } from '../../components/status';
import type { ITranslate } from '../../components/translation';
import { places } from '../../components/addresses';
import type { Activities, IActiveRun, IActivity } from './activities';
import { openPlace } from './services';

type News = INews<IActiveRun>;

/** Of more at once one line tells: nobody reads a wall of notifications. */
const MOST = 3;

/** Says when a long run of one of this server's notebooks has ended or a run alerts, while its notebook is not in front. */
export class RunNotifications {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly store: string,
    private readonly trans: ITranslate
  ) {}

  follow(activities: Activities): void {
    activities.told.connect((_, activity) => this.tell(activity));
  }

  private tell({ runs, isFirst }: IActivity): void {
    const { notify, notifyAfterSeconds } = preferences.current;
    const news = this.desk.read(runs, isFirst, notifyAfterSeconds * 1000);
    const told = notify ? news.filter(({ run }) => this.pathOf(run) !== null && !this.isInFront(run)) : [];
    if (told.length > MOST) {
      this.tellAll(told);
    } else {
      told.forEach(one => this.tellOne(one));
    }
  }

  private tellOne(news: News): void {
    const { run } = news;
    const { trans } = this;
    const message = news.kind === 'alert' ? alertText(news, trans) : endText(run, trans);
    Notification.emit(message, typeOf(news), {
      autoClose: news.kind === 'alert' ? false : 15000,
      actions: [
        {
          label: trans.__('Open run'),
          callback: () => openPlace(this.app.commands, this.store, places.run(run.runId))
        },
        { label: trans.__('Go to cell'), callback: () => void this.goTo(run) }
      ]
    });
  }

  private tellAll(told: News[]): void {
    const { trans } = this;
    const alerts = told.filter(one => one.kind === 'alert').length;
    const ended = told.length - alerts;
    const parts = [
      ...(ended > 0 ? [trans._n('%1 run has ended', '%1 runs have ended', ended)] : []),
      ...(alerts > 0 ? [trans._n('%1 alert', '%1 alerts', alerts)] : [])
    ];
    const runs = [...new Set(told.map(one => one.run.runId))];
    Notification.emit(parts.join(', '), alerts > 0 ? 'warning' : 'info', {
      autoClose: 15000,
      actions: [
        {
          label: trans.__('Compare runs'),
          callback: () => openPlace(this.app.commands, this.store, places.compare(runs))
        }
      ]
    });
  }

  private async goTo(run: IActiveRun): Promise<void> {
    const path = this.pathOf(run);
    if (path === null) {
      return;
    }
    await this.app.commands.execute('docmanager:open', { path });
    const panel = this.tracker.find(one => one.context.path === path);
    await panel?.context.ready;
    const at = panel ? placeOf(panel, run.cellId) : -1;
    if (panel && at >= 0) {
      panel.content.activeCellIndex = at;
      await panel.content.scrollToItem(at, 'center');
    }
  }

  private isInFront(run: IActiveRun): boolean {
    const { currentWidget } = this.app.shell;
    const panel = this.tracker.find(one => one === currentWidget);
    return (
      document.visibilityState === 'visible' && panel !== undefined && panel.context.path === this.pathOf(run)
    );
  }

  /**
   * The path of the run's notebook on this server; null where the run is not of one of its notebooks.
   * A renamed notebook is found by the cell: the kernel goes on to tell its old name.
   */
  private pathOf(run: IActiveRun): string | null {
    const open = this.tracker.find(
      panel => placeOf(panel, run.cellId) >= 0 && isNotebook(run.notebook, panel.context.localPath)
    );
    const renamed = open ?? this.tracker.find(panel => placeOf(panel, run.cellId) >= 0);
    if (renamed) {
      return renamed.context.path;
    }
    for (const { path } of this.app.serviceManager.sessions.running()) {
      if (isNotebook(run.notebook, path)) {
        return path;
      }
    }
    return null;
  }

  private readonly desk = new NewsDesk<IActiveRun>();
}

function placeOf(panel: NotebookPanel, cellId: string | null): number {
  return cellId === null ? -1 : panel.content.widgets.findIndex(cell => cell.model.id === cellId);
}

function typeOf(news: News): Notification.TypeOptions {
  if (news.kind === 'alert') {
    const { level } = news.alert;
    return level === 'error' || level === 'info' ? level : 'warning';
  }
  const { status } = news.run;
  return status === 'FAILED' ? 'error' : status === 'FINISHED' ? 'success' : 'warning';
}

function endText(run: IActiveRun, trans: ITranslate): string {
  const seconds = ((run.endTime ?? Date.now()) - (run.startTime ?? Date.now())) / 1000;
  const said = trans.__(
    '%1: %2 after %3',
    run.name,
    statusLabel(run.status, trans).toLowerCase(),
    formatDuration(seconds)
  );
  return run.error === null ? said : `${said}. ${run.error}`;
}

function alertText({ run, alert }: Extract<News, { kind: 'alert' }>, trans: ITranslate): string {
  const said = trans.__('%1: %2', run.name, alert.title);
  return alert.text === '' ? said : `${said}. ${alert.text}`;
}
