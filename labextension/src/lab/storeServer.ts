import type { IQuery } from '../components/queries';
import type { IStoreServer } from '../stores/stores';
import type { Server } from './request';

/** The Jupyter server, asked about one of the stores that it knows. */
export class StoreServer implements IStoreServer {
  constructor(
    private readonly server: Server,
    /** Key of the store; empty for the server's own. */
    private readonly key: string
  ) {}

  get(path: string, query: IQuery = {}): Promise<unknown> {
    return this.server.get(path, this.here(query));
  }

  post(path: string, body: object): Promise<unknown> {
    return this.server.post(path, this.here(), body);
  }

  url(path: string, query: IQuery = {}): string {
    return this.server.url(path, this.here(query));
  }

  private here(query: IQuery = {}): IQuery {
    return { store: this.key, ...query };
  }
}
