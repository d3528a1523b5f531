import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal, type ISignal } from '@lumino/signaling';
import type { ReactElement } from 'react';
import { dict, text } from '../../components/parse';
import type { ICardRun } from '../../components/cells/types';
import type { ITranslate } from '../../components/translation';
import { places } from '../../components/addresses';
import { mlopsIcon } from '../icons';
import type { Server } from '../request';
import { openPlace } from './services';
import { SetExperiments, type ISetExperiment } from './setExperiments';
import type { UsedStores } from './usedStores';
import { lastCard } from './trackedCells';

const WAIT_MS = 500;

/**
 * The experiment of the notebook in front and how many runs run. The experiment is the one that the kernel
 * has set, or that of the last run that the notebook's outputs tell of: it has said both, and is not asked.
 */
export class StatusItem extends ReactWidget {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly server: Server,
    private readonly used: UsedStores,
    private readonly trans: ITranslate
  ) {
    super();
    this.experiments = new SetExperiments(tracker);
    this.experiments.changed.connect(this.look, this);
    used.told.connect(this.look, this);
    tracker.currentChanged.connect(this.look, this);
    tracker.forEach(panel => panel.content.modelContentChanged.connect(this.later, this));
    tracker.widgetAdded.connect((_, panel) => panel.content.modelContentChanged.connect(this.later, this));
    app.shell.currentChanged?.connect(this.look, this);
  }

  get isActive(): boolean {
    return this.experiment !== null || this.running > 0;
  }

  get activeChanged(): ISignal<this, void> {
    return this.signal;
  }

  protected override render(): ReactElement {
    const { trans, experiment, set, running } = this;
    const parts = [
      ...(experiment !== null ? [experiment] : []),
      ...(running > 0 ? [trans._n('%1 running', '%1 running', running)] : [])
    ];
    const about = [
      ...(experiment === null
        ? []
        : set !== null
          ? [trans.__('Experiment of the runs to come in this notebook: %1', experiment)]
          : [trans.__('Experiment of the last run in this notebook: %1', experiment)]),
      ...(running > 0 ? [trans._n('%1 run in progress', '%1 runs in progress', running)] : [])
    ].join('\n');
    return (
      <button
        type="button"
        className="jp-mlops-status-item"
        title={about}
        data-testid="mlops-status-item"
        onClick={() => void this.open()}
      >
        <mlopsIcon.react tag="span" stylesheet="statusBar" />
        <span className="jp-mlops-clip">{parts.join(' · ')}</span>
      </button>
    );
  }

  private later(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.look();
    }, WAIT_MS);
  }

  private look(): void {
    const { currentWidget } = this.tracker;
    const isFront = currentWidget !== null && currentWidget === this.app.shell.currentWidget;
    this.card = isFront ? lastCard(currentWidget.content) : null;
    this.set = isFront ? this.experiments.of(currentWidget) : null;
    this.running = this.used.running;
    this.update();
    this.signal.emit();
  }

  private async open(): Promise<void> {
    const { card, set } = this;
    if (set !== null) {
      return openPlace(this.app.commands, set.store, places.runs(set.id));
    }
    if (card === null) {
      return openPlace(this.app.commands, '', places.runs());
    }
    // The output has the name of the experiment, which may have been renamed; the run knows which it is.
    const answer = dict(
      await this.server.post('views/run_details', { store: card.store }, { run_id: card.runId })
    );
    openPlace(this.app.commands, card.store, places.runs(text(dict(answer.run).experiment_id)));
  }

  private get experiment(): string | null {
    return this.set?.name ?? this.card?.experiment ?? null;
  }

  private readonly experiments: SetExperiments;
  private readonly signal = new Signal<this, void>(this);
  private card: ICardRun | null = null;
  private set: ISetExperiment | null = null;
  private running = 0;
  private timer: number | null = null;
}
