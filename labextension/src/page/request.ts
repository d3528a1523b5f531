/** Every request of the page to its server goes through here. */
import { NO_SERVER, RequestError } from '../components/errors';
import { dict, isDict, text } from '../components/parse';
import { isBytes, withQuery, type IQuery } from '../components/queries';
import type { IStoreServer } from '../stores/stores';
import { words } from '../components/translation';

/** Nobody is logged in, or no more. */
const NO_SESSION = 'NO_SESSION';

export interface ISession {
  user: string;
  auth: string;
  csrf: string | null;
}

/** Paths are relative to the page, which may stand below a prefix or a proxy. */
export class Server implements IStoreServer {
  /** Called when the session has ended. */
  onEnded: () => void = () => undefined;

  /** Who is logged in; the kind of log-in where nobody is. */
  async session(): Promise<ISession | { wanted: string }> {
    const response = await this.fetch('session', {});
    const answer = dict(await json(response));
    if (response.status === 401) {
      return { wanted: text(answer.auth, 'token') };
    }
    return response.ok ? this.begun(answer) : Promise.reject(refused(response, answer));
  }

  async logIn(user: string, password: string): Promise<ISession> {
    const response = await this.fetch('login', body({ user, password }));
    const answer = dict(await json(response));
    return response.ok ? this.begun(answer) : Promise.reject(refused(response, answer));
  }

  async logOut(): Promise<void> {
    await this.post('logout', {});
  }

  url(path: string, query: IQuery = {}): string {
    return withQuery(path, query);
  }

  get(path: string, query: IQuery = {}): Promise<unknown> {
    return this.send(this.url(path, query), {});
  }

  post(path: string, content: object): Promise<unknown> {
    return this.send(path, body(content));
  }

  private async send(url: string, init: RequestInit): Promise<unknown> {
    const response = await this.fetch(url, init);
    if (response.ok && isBytes(response)) {
      return response.arrayBuffer();
    }
    const answer = await json(response);
    return response.ok ? answer : Promise.reject(this.failed(response, answer));
  }

  private failed(response: Response, answer: unknown): RequestError {
    if (response.status === 401) {
      this.onEnded();
      return new RequestError(NO_SESSION, words.__('Your session has ended. Log in again.'));
    }
    return refused(response, answer);
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, ...(this.csrf === null ? {} : { 'X-CSRF-Token': this.csrf }) };
    try {
      return await fetch(url, { ...init, headers, credentials: 'same-origin' });
    } catch {
      throw new RequestError(
        NO_SERVER,
        words.__('The server does not answer. Does “jupyter mlops server” still run?')
      );
    }
  }

  private begun(answer: { [key: string]: unknown }): ISession {
    this.csrf = text(answer.csrf) || null;
    return { user: text(answer.user), auth: text(answer.auth), csrf: this.csrf };
  }

  private csrf: string | null = null;
}

function body(content: object): RequestInit {
  return {
    method: 'POST',
    body: JSON.stringify(content),
    headers: { 'Content-Type': 'application/json' }
  };
}

async function json(response: Response): Promise<unknown> {
  return response.json().catch(() => null);
}

function refused(response: Response, answer: unknown): RequestError {
  const said = isDict(answer) ? answer : {};
  const code = text(said.error_code, String(response.status));
  return new RequestError(
    code,
    text(said.message, words.__('The server answered %1 %2.', response.status, response.statusText))
  );
}
