import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import { dict, list, text } from '../../components/parse';
import { lastCard } from './trackedCells';

const SOURCE = 'jupyter_mlops.experiment';

export interface ISetExperiment {
  store: string;
  id: string;
  name: string;
}

/** The experiment that the kernel of each notebook has set: it says so with the reply to the cell that did. */
export class SetExperiments {
  constructor(tracker: INotebookTracker) {
    tracker.forEach(panel => this.follow(panel));
    tracker.widgetAdded.connect((_, panel) => this.follow(panel));
  }

  get changed(): ISignal<this, void> {
    return this.signal;
  }

  /** Null where it has set none since its last run began, or since it was started. */
  of(panel: NotebookPanel): ISetExperiment | null {
    const told = this.told.get(panel);
    return told !== undefined && told.after === lastRun(panel) ? told.experiment : null;
  }

  private follow(panel: NotebookPanel): void {
    const { sessionContext } = panel;
    const hear = (_: unknown, { msg, direction }: Kernel.IAnyMessageArgs): void => {
      if (direction === 'recv' && KernelMessage.isExecuteReplyMsg(msg)) {
        this.hear(panel, msg.content);
      }
    };
    const forget = (): void => {
      if (this.told.delete(panel)) {
        this.signal.emit();
      }
    };
    sessionContext.session?.kernel?.anyMessage.connect(hear);
    sessionContext.kernelChanged.connect((_, { oldValue, newValue }) => {
      oldValue?.anyMessage.disconnect(hear);
      newValue?.anyMessage.connect(hear);
      forget();
    });
    sessionContext.statusChanged.connect((_, status) => status.includes('restarting') && forget());
  }

  private hear(panel: NotebookPanel, reply: unknown): void {
    const [said] = list(dict(reply).payload, one => (dict(one).source === SOURCE ? dict(one) : null));
    if (said !== undefined) {
      const experiment = { store: text(said.store), id: text(said.id), name: text(said.name) };
      this.told.set(panel, { experiment, after: lastRun(panel) });
      this.signal.emit();
    }
  }

  private readonly told = new WeakMap<NotebookPanel, { experiment: ISetExperiment; after: string | null }>();
  private readonly signal = new Signal<this, void>(this);
}

function lastRun({ content }: NotebookPanel): string | null {
  return lastCard(content)?.runId ?? null;
}
