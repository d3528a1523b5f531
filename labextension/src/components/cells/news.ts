/** Which of the things that happen to runs are worth a notification: each once, and never a storm. */
import type { Status } from '../types';

export interface INewsRun {
  runId: string;
  name: string;
  status: Status;
  startTime: number | null;
  endTime: number | null;
  isChild: boolean;
  alerts: { title: string; text: string; level: string }[];
}

export type INews<R extends INewsRun> =
  { kind: 'ended'; run: R } | { kind: 'alert'; run: R; alert: R['alerts'][number] };

const MOST_KNOWN = 2000;

/** Remembers what was told. */
export class NewsDesk<R extends INewsRun> {
  /**
   * What is new in how the runs stand. The first call only says how everything stood before.
   *
   * `longMs`: how long a run must have taken for its end to be news; runs within others never are.
   */
  read(runs: readonly R[], isFirst: boolean, longMs: number): INews<R>[] {
    const news = runs.flatMap(run => [...this.alerts(run), ...this.end(run, longMs)]);
    return isFirst ? [] : news;
  }

  private alerts(run: R): INews<R>[] {
    return run.alerts
      .filter(alert => this.isNew(`${run.runId} alert ${alert.level} ${alert.title}`))
      .map(alert => ({ kind: 'alert', run, alert }));
  }

  private end(run: R, longMs: number): INews<R>[] {
    if (run.status === 'RUNNING') {
      this.running.add(run.runId);
      return [];
    }
    // Only of what was seen running: the others ended before the page was opened, or at once.
    const took = (run.endTime ?? Date.now()) - (run.startTime ?? Date.now());
    return this.running.delete(run.runId) && !run.isChild && took >= longMs ? [{ kind: 'ended', run }] : [];
  }

  private isNew(key: string): boolean {
    if (this.known.has(key)) {
      return false;
    }
    this.known.add(key);
    if (this.known.size > MOST_KNOWN) {
      this.known.delete([...this.known][0] ?? '');
    }
    return true;
  }

  private readonly known = new Set<string>();
  private readonly running = new Set<string>();
}
