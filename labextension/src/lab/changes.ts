import { dict, number } from '../components/parse';
import { preferences } from '../components/preferences';
import { EventStream } from './eventStream';
import type { Server } from './request';

/** Whoever wants no news that often is told of them when they ask next. */
const AT_ONCE_S = 2;

interface IWatcher {
  visible(): boolean;
  moved(): void;
  /** Something moved while nobody looked. */
  stale: boolean;
}

/** A store that somebody watches. */
class Watched {
  readonly watchers = new Set<IWatcher>();
  /** Number of the last change that is known. */
  last: number | null = null;
  /** Nothing was told for a while. */
  failed = false;
  busy = false;

  get isLookedAt(): boolean {
    return [...this.watchers].some(watcher => watcher.visible());
  }

  told(change: number): void {
    // The first number only says where we stand: what is shown was read just now.
    if (this.failed || (this.last !== null && change !== this.last)) {
      this.watchers.forEach(watcher => (watcher.stale = true));
    }
    this.last = change;
    this.failed = false;
  }

  /** Those who look now hear of what moved. */
  tell(): void {
    [...this.watchers]
      .filter(watcher => watcher.stale && watcher.visible())
      .forEach(watcher => {
        watcher.stale = false;
        watcher.moved();
      });
  }
}

/**
 * What moves in the stores of a server, once for all who look at them and only while they look: by one stream
 * for the whole page, and by asking again and again where that does not come through.
 */
class Feed {
  constructor(private readonly server: Server) {
    this.stream = new EventStream(
      server,
      (store, change) => this.told(store, change),
      () => this.stores.forEach(watched => (watched.failed = true))
    );
  }

  readonly stores = new Map<string, Watched>();

  watch(store: string, watcher: IWatcher): () => void {
    const watched = this.stores.get(store) ?? new Watched();
    this.stores.set(store, watched);
    watched.watchers.add(watcher);
    this.start();
    return () => {
      watched.watchers.delete(watcher);
      if (watched.watchers.size === 0 && this.stores.get(store) === watched) {
        this.stores.delete(store);
        this.look();
      }
    };
  }

  readonly look = (): void => {
    const seen =
      document.visibilityState === 'visible' ? [...this.stores].filter(([, one]) => one.isLookedAt) : [];
    if (seen.length === 0) {
      this.stream.close();
      this.stop();
      return;
    }
    const stands = seen.flatMap(([key, { last }]): [string, number][] =>
      last === null ? [] : [[key, last]]
    );
    if (stands.length > 0) {
      this.stream.follow(stands);
    }
    seen.forEach(([key, watched]) => {
      if (watched.last !== null && this.stream.follows([key])) {
        watched.tell();
      } else {
        void this.poll(key, watched);
      }
    });
  };

  private told(store: string, change: number): void {
    const watched = this.stores.get(store);
    watched?.told(change);
    if (preferences.current.refreshSeconds <= AT_ONCE_S) {
      watched?.tell();
    }
  }

  private async poll(key: string, watched: Watched): Promise<void> {
    if (watched.busy) {
      return;
    }
    watched.busy = true;
    try {
      watched.told(number(dict(await this.server.get('changes', { store: key })).change) ?? 0);
      watched.tell();
    } catch {
      // A server that restarts is asked again at the next turn; what is shown stays until then.
      watched.failed = true;
    } finally {
      watched.busy = false;
    }
  }

  private start(): void {
    if (this.unfollow === null) {
      document.addEventListener('visibilitychange', this.look);
      this.unfollow = preferences.subscribe(this.beat);
      this.beat();
    }
    this.look();
  }

  private readonly beat = (): void => {
    window.clearInterval(this.timer);
    this.timer = window.setInterval(this.look, preferences.current.refreshSeconds * 1000);
  };

  private stop(): void {
    if (this.stores.size === 0 && this.unfollow !== null) {
      window.clearInterval(this.timer);
      document.removeEventListener('visibilitychange', this.look);
      this.unfollow();
      this.unfollow = null;
    }
  }

  private readonly stream: EventStream;
  private timer = 0;
  private unfollow: (() => void) | null = null;
}

const feeds = new Map<string, Feed>();

/** Changes of the stores of a server; all who make one for the same server share what is asked. */
export class Changes {
  constructor(server: Server) {
    const address = server.url('');
    this.feed = feeds.get(address) ?? new Feed(server);
    feeds.set(address, this.feed);
  }

  watch(store: string, visible: () => boolean, moved: () => void): () => void {
    return this.feed.watch(store, { visible, moved, stale: false });
  }

  /** Asks at once: somebody has begun to look. */
  poke(): void {
    this.feed.look();
  }

  private readonly feed: Feed;
}
