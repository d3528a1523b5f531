import { dict, number } from '../components/parse';
import { preferences } from '../components/preferences';
import type { Server } from './request';

interface IWatcher {
  visible(): boolean;
  moved(): void;
  /** Something moved while nobody looked. */
  stale: boolean;
}

/** Asks a store whether anything has changed, once for all who look at it, and only while they look. */
class Watched {
  constructor(
    private readonly server: Server,
    private readonly store: string
  ) {
    this.unfollow = preferences.subscribe(this.start);
    this.start();
    document.addEventListener('visibilitychange', this.poll);
  }

  readonly watchers = new Set<IWatcher>();

  private readonly start = (): void => {
    window.clearInterval(this.timer);
    this.timer = window.setInterval(() => void this.poll(), preferences.current.refreshSeconds * 1000);
  };

  readonly poll = async (): Promise<void> => {
    const looking = [...this.watchers].filter(watcher => watcher.visible());
    if (this.busy || document.visibilityState !== 'visible' || looking.length === 0) {
      return;
    }
    this.busy = true;
    try {
      const answer = await this.server.get('changes', { store: this.store, since: this.last ?? 0 });
      const change = number(dict(answer).change);
      // The first number only says where we stand: what is shown was read just now.
      if (this.failed || (this.last !== null && change !== this.last)) {
        this.watchers.forEach(watcher => (watcher.stale = true));
      }
      this.last = change;
      this.failed = false;
      looking
        .filter(watcher => watcher.stale)
        .forEach(watcher => {
          watcher.stale = false;
          watcher.moved();
        });
    } catch {
      // A server that restarts is asked again at the next turn; what is shown stays until then.
      this.failed = true;
    } finally {
      this.busy = false;
    }
  };

  dispose(): void {
    this.unfollow();
    window.clearInterval(this.timer);
    document.removeEventListener('visibilitychange', this.poll);
  }

  private readonly unfollow: () => void;
  private timer = 0;
  private busy = false;
  private failed = false;
  private last: number | null = null;
}

export class Changes {
  constructor(private readonly server: Server) {}

  watch(store: string, visible: () => boolean, moved: () => void): () => void {
    const watched = this.stores.get(store) ?? new Watched(this.server, store);
    this.stores.set(store, watched);
    const watcher = { visible, moved, stale: false };
    watched.watchers.add(watcher);
    void watched.poll();
    return () => {
      watched.watchers.delete(watcher);
      if (watched.watchers.size === 0) {
        watched.dispose();
        this.stores.delete(store);
      }
    };
  }

  /** Asks at once: somebody has begun to look. */
  poke(): void {
    this.stores.forEach(watched => void watched.poll());
  }

  private readonly stores = new Map<string, Watched>();
}
