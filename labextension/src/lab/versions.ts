/** Whether this page and the server that answers it are of one installation: each may be newer than the other. */
import { OTHER_VERSION, RequestError } from '../components/errors';
import type { ITranslate } from '../components/translation';

/** Grows with PROTOCOL of jupyter_mlops/server/jupyter/protocols.py, see there. */
const PROTOCOL = 1;
export const VERSION = '0.1.0';

/** What the user is to do where an answer comes from a server that this page can not work with. */
export function versionTrouble(headers: Headers, trans: ITranslate): RequestError | null {
  const protocol = headers.get('Jupyter-Mlops-Protocol');
  if (protocol === null || Number(protocol) === PROTOCOL) {
    return null;
  }
  return trouble(
    headers,
    trans,
    Number(protocol) < PROTOCOL
      ? trans.__('Restart the Jupyter server.')
      : trans.__('Save your work and reload the page.')
  );
}

/** The same for a server that lacks what was asked for, if that is because it is another version. */
export function lackTrouble(headers: Headers, trans: ITranslate): RequestError | null {
  const version = headers.get('Jupyter-Mlops-Version');
  return version === null || version === VERSION
    ? null
    : trouble(headers, trans, trans.__('Restart the Jupyter server, then reload the page.'));
}

function trouble(headers: Headers, trans: ITranslate, advice: string): RequestError {
  const version = headers.get('Jupyter-Mlops-Version') ?? '?';
  const versions = trans.__('The server has jupyter_mlops %1, this page has %2.', version, VERSION);
  return new RequestError(OTHER_VERSION, `${versions} ${advice}`);
}
