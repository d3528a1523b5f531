/** Every request of the front end to the server goes through here. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { NO_EXTENSION, NO_SERVER, RequestError } from '../components/errors';
import { isDict, text } from '../components/parse';
import { isBytes, withQuery, type IQuery } from '../components/queries';
import type { ITranslate } from '../components/translation';
import type { IServer } from '../linked/places';
import { lackTrouble, versionTrouble } from './versions';

const ROUTE = 'jupyter-mlops';
const ENABLE = 'jupyter server extension enable jupyter_mlops';

export class Server implements IServer {
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly trans: ITranslate
  ) {}

  /** The address of a route, for what the browser fetches by itself. */
  url(path: string, query: IQuery = {}): string {
    return withQuery(URLExt.join(this.settings.baseUrl, ROUTE, path), query);
  }

  get(path: string, query?: IQuery): Promise<unknown> {
    return this.send(this.url(path, query), { method: 'GET' });
  }

  post(path: string, query: IQuery, body: object): Promise<unknown> {
    return this.send(this.url(path, query), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' }
    });
  }

  /** What the server tells of changes of stores, of which the numbers are known, until `signal` ends it. */
  async events(known: [string, number][], signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const query = known.map(([store, since]) => `store=${encodeURIComponent(store)}&since=${since}`);
    const response = await this.fetch(`${this.url('events')}?${query.join('&')}`, { signal });
    return response.ok && response.body !== null
      ? response.body
      : Promise.reject(await this.refused(response));
  }

  private async send(url: string, init: RequestInit): Promise<unknown> {
    const response = await this.fetch(url, init);
    if (!response.ok) {
      throw await this.refused(response);
    }
    return isBytes(response) ? response.arrayBuffer() : response.json().catch(() => null);
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
    } catch {
      throw new RequestError(NO_SERVER, this.trans.__('The Jupyter server can not be reached.'));
    }
    const trouble = versionTrouble(response.headers, this.trans);
    if (trouble !== null) {
      throw trouble;
    }
    return response;
  }

  private async refused(response: Response): Promise<RequestError> {
    const answer: unknown = await response.json().catch(() => null);
    const lack = lackTrouble(response.headers, this.trans);
    if (isDict(answer) && answer.error_code === 'ENDPOINT_NOT_FOUND' && lack !== null) {
      return lack;
    }
    if (isDict(answer) && typeof answer.error_code === 'string') {
      return new RequestError(answer.error_code, text(answer.message, answer.error_code));
    }
    // Our own routes always say an error code: a bare 404 is the server's own.
    if (response.status === 404) {
      return new RequestError(
        NO_EXTENSION,
        this.trans.__('The server extension of jupyter_mlops is not enabled. Enable it and restart Jupyter:'),
        ENABLE
      );
    }
    return new RequestError(
      String(response.status),
      this.trans.__('The Jupyter server answered %1 %2.', response.status, response.statusText)
    );
  }
}
