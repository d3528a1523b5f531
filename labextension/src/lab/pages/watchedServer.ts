import { NO_SERVER, RequestError } from '../../components/errors';
import type { IQuery } from '../../components/queries';
import type { IStoreServer } from '../../stores/stores';
import { Observed } from '../../components/Observed';

/** Notes whether the last request found the server. */
export class WatchedServer extends Observed implements IStoreServer {
  constructor(private readonly server: IStoreServer) {
    super();
  }

  readonly isAway = (): boolean => this.away;

  get(path: string, query?: IQuery): Promise<unknown> {
    return this.noted(this.server.get(path, query));
  }

  post(path: string, body: object): Promise<unknown> {
    return this.noted(this.server.post(path, body));
  }

  url(path: string, query?: IQuery): string {
    return this.server.url(path, query);
  }

  private async noted<T>(answer: Promise<T>): Promise<T> {
    try {
      const found = await answer;
      this.note(false);
      return found;
    } catch (error) {
      this.note(error instanceof RequestError && error.code === NO_SERVER);
      throw error;
    }
  }

  private note(away: boolean): void {
    if (this.away !== away) {
      this.away = away;
      this.tell();
    }
  }

  private away = false;
}
