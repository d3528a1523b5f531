import { Signal, type ISignal } from '@lumino/signaling';
import { readTimedRun } from '../../components/cells/answers';
import type { ITimedRun } from '../../components/cells/types';
import { dict, list, number, text, textOrNull } from '../../components/parse';
import type { Changes } from '../changes';
import type { Server } from '../request';

interface IAlertNews {
  title: string;
  text: string;
  level: string;
}

export interface IActiveRun extends ITimedRun {
  isChild: boolean;
  cellId: string | null;
  alerts: IAlertNews[];
}

export interface IActivity {
  running: number;
  runs: IActiveRun[];
  /** What is told first: how everything stood when the page was opened. */
  isFirst: boolean;
}

const MOST_WATCHED = 200;

/** What runs in one store, and what became of what ran: asked when the store changes, once for all who want to know. */
export class Activities {
  constructor(
    private readonly server: Server,
    private readonly store: string,
    changes: Changes,
    isWanted: () => boolean
  ) {
    this.unwatch = changes.watch(store, isWanted, () => void this.ask());
    void this.ask();
  }

  last: IActivity = { running: 0, runs: [], isFirst: true };

  get told(): ISignal<this, IActivity> {
    return this.signal;
  }

  dispose(): void {
    this.isOver = true;
    this.unwatch();
    Signal.clearData(this);
  }

  private async ask(): Promise<void> {
    if (this.busy || this.isOver) {
      this.again = this.busy;
      return;
    }
    this.busy = true;
    const watched = this.last.runs.filter(run => run.status === 'RUNNING').map(run => run.runId);
    const body = { watched: watched.slice(0, MOST_WATCHED), since: this.since };
    try {
      const answer = dict(await this.server.post('views/activity', { store: this.store }, body));
      const isFirst = this.since === null;
      this.since ??= number(answer.now);
      this.last = { running: number(answer.running) ?? 0, runs: list(answer.runs, readRun), isFirst };
      if (!this.isOver) {
        this.signal.emit(this.last);
      }
    } catch {
      // The next change asks again; until then what is shown stays.
    } finally {
      this.busy = false;
    }
    if (this.again) {
      this.again = false;
      void this.ask();
    }
  }

  private readonly signal = new Signal<this, IActivity>(this);
  private readonly unwatch: () => void;
  private since: number | null = null;
  private busy = false;
  private again = false;
  private isOver = false;
}

function readRun(value: unknown): IActiveRun | null {
  const timed = readTimedRun(value);
  const run = dict(value);
  return (
    timed && {
      ...timed,
      isChild: textOrNull(run.parent) !== null,
      cellId: textOrNull(run.cell_id),
      alerts: list(run.alerts, one => ({
        title: text(dict(one).title),
        text: text(dict(one).text),
        level: text(dict(one).level)
      }))
    }
  );
}
