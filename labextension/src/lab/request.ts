/** Every request of the front end to the server goes through here. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { NO_EXTENSION, NO_SERVER, RequestError } from '../components/errors';
import { isDict, text } from '../components/parse';
import { isBytes, withQuery, type IQuery } from '../components/queries';
import type { ITranslate } from '../components/translation';
import type { IServer } from '../linked/places';

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

  private async send(url: string, init: RequestInit): Promise<unknown> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
    } catch {
      throw new RequestError(NO_SERVER, this.trans.__('The Jupyter server can not be reached.'));
    }
    if (response.ok && isBytes(response)) {
      return response.arrayBuffer();
    }
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) {
      return answer;
    }
    if (isDict(answer) && typeof answer.error_code === 'string') {
      throw new RequestError(answer.error_code, text(answer.message, answer.error_code));
    }
    // Our own routes always say an error code: a bare 404 is the server's own.
    if (response.status === 404) {
      throw new RequestError(
        NO_EXTENSION,
        this.trans.__('The server extension of jupyter_mlops is not enabled. Enable it and restart Jupyter:'),
        ENABLE
      );
    }
    throw new RequestError(
      String(response.status),
      this.trans.__('The Jupyter server answered %1 %2.', response.status, response.statusText)
    );
  }
}
