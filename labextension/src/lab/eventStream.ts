import { dict, number, text } from '../components/parse';
import { NO_SERVER, RequestError } from '../components/errors';
import type { Server } from './request';

/** The server says at least that it is there, every 15 s. */
const SILENT_MS = 40_000;
/** What holds the answer back until there is more of it never passes on a stream. */
const BEGIN_MS = 10_000;
const AGAIN_MS = 5_000;
/** As many listen as may, or the server knows no streams, or none comes through. */
const REFUSED_MS = 60_000;

/**
 * One connection by which the server tells of changes in all stores that a page shows. A browser has six
 * connections to a server for all its windows, and the server gives three streams to a user: whoever has none polls.
 */
export class EventStream {
  constructor(
    private readonly server: Server,
    private readonly onChange: (store: string, change: number) => void,
    private readonly onLost: () => void
  ) {}

  /** Whether changes of these stores will be told. */
  follows(stores: Iterable<string>): boolean {
    return this.begun && [...stores].every(store => this.stores.has(store));
  }

  /** Follow these stores from the changes that are known, and no others. */
  follow(known: [string, number][]): void {
    const isSame = known.length === this.stores.size && known.every(([store]) => this.stores.has(store));
    if (this.running !== null && isSame) {
      this.look();
    } else if (Date.now() >= this.notBefore) {
      this.close();
      const running = new AbortController();
      this.running = running;
      this.stores = new Set(known.map(([store]) => store));
      this.heard = Date.now();
      this.read(known, running).catch((error: unknown) => this.lost(running, error));
    }
  }

  close(): void {
    this.running?.abort();
    this.running = null;
    this.begun = false;
  }

  private async read(known: [string, number][], running: AbortController): Promise<void> {
    const reader = (await this.server.events(known, running.signal)).getReader();
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || running.signal.aborted) {
        throw new RequestError(NO_SERVER, '');
      }
      this.heard = Date.now();
      this.begun = true;
      const events = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = events.pop() ?? '';
      events.forEach(event => this.tell(event));
    }
  }

  private tell(event: string): void {
    const data = event.split('\n').find(line => line.startsWith('data: '));
    if (data !== undefined) {
      const told = dict(JSON.parse(data.slice('data: '.length)));
      this.onChange(text(told.store), number(told.change) ?? 0);
    }
  }

  /** Nothing came for too long: the network is gone, or something on the way keeps what the server says. */
  private look(): void {
    if (Date.now() - this.heard > (this.begun ? SILENT_MS : BEGIN_MS) && this.running !== null) {
      this.lost(this.running, this.begun ? new RequestError(NO_SERVER, '') : null);
    }
  }

  private lost(running: AbortController, error: unknown): void {
    if (running !== this.running) {
      return;
    }
    const isUnreachable = error instanceof RequestError && error.code === NO_SERVER;
    this.notBefore = Date.now() + (isUnreachable ? AGAIN_MS : REFUSED_MS);
    const wasTold = this.begun;
    this.close();
    if (wasTold) {
      this.onLost();
    }
  }

  private running: AbortController | null = null;
  private stores = new Set<string>();
  private begun = false;
  private heard = 0;
  private notBefore = 0;
}
