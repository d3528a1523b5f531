import { dict, number } from '../components/parse';
import { withQuery } from '../components/queries';
import type { Server } from './request';
import { Observed } from '../components/Observed';

interface ILive {
  /** Grows whenever anything in the store has changed. */
  stamp: number;
  /** Whether the server would tell of changes. */
  isLive: boolean;
}

/**
 * What the server tells of changes. A tab that nobody sees lets the connection go, for a browser has
 * only a few of them to one server; it catches up when it is looked at again.
 */
export class Live extends Observed {
  constructor(private readonly server: Server) {
    super();
  }

  readonly get = (): ILive => this.state;

  /** Before anything is read: what happens from then on is told. */
  async start(): Promise<void> {
    this.last = number(dict(await this.server.get('changes')).change) ?? 0;
    document.addEventListener('visibilitychange', this.look);
    this.look();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.look);
    this.close();
  }

  private readonly look = (): void => {
    if (document.visibilityState === 'hidden') {
      this.close();
    } else if (this.source === null) {
      this.open();
    }
  };

  private open(): void {
    const source = new EventSource(withQuery('events', { since: this.last }));
    this.source = source;
    source.addEventListener('open', () => {
      // What was asked meanwhile had no answer.
      this.change({ isLive: true, stamp: this.state.stamp + (this.failed ? 1 : 0) });
      this.failed = false;
    });
    source.addEventListener('change', event => {
      const change = number(event.data) ?? this.last;
      if (change !== this.last) {
        this.last = change;
        this.change({ stamp: this.state.stamp + 1 });
      }
    });
    source.addEventListener('error', () => {
      this.failed = true;
      this.change({ isLive: false });
      // By itself a browser tries again, unless the server has refused.
      if (source.readyState === EventSource.CLOSED) {
        this.close();
        this.timer = window.setTimeout(() => void this.again(), RETRY_MS);
      }
    });
  }

  private async again(): Promise<void> {
    // Says that the session has ended, if that is why.
    await this.server.get('changes').catch(() => undefined);
    this.look();
  }

  private close(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private change(part: Partial<ILive>): void {
    this.state = { ...this.state, ...part };
    this.tell();
  }

  private state: ILive = { stamp: 0, isLive: false };
  private source: EventSource | null = null;
  private last = 0;
  private failed = false;
  private timer = 0;
}

const RETRY_MS = 5000;
