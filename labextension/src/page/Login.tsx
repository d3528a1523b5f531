import { useId, useState, type FormEvent, type ReactElement } from 'react';
import { said } from '../components/errors';
import { Trouble } from '../components/Trouble';
import { Logo } from './Logo';
import { useTranslation } from '../components/translation';
import { Filled, slot } from '../components/Filled';

interface IProps {
  /** "token" or "users". */
  auth: string;
  why: string | null;
  logIn(user: string, password: string): Promise<void>;
}

/** Asks who asks: by the token that the server printed, or by name and password. */
export function Login({ auth, why, logIn }: IProps): ReactElement {
  const trans = useTranslation();
  const id = useId();
  const [user, setUser] = useState('');
  const [secret, setSecret] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const byToken = auth !== 'users';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await logIn(user, secret.trim());
    } catch (error) {
      setProblem(said(error));
      setBusy(false);
    }
  };
  return (
    <main className="jp-mlops-view jp-mlops-page-middle">
      <form className="jp-mlops-login" data-testid="mlops-login" onSubmit={event => void submit(event)}>
        <h1>
          <Logo size={26} /> jupyter_mlops
        </h1>
        {why !== null && <p role="status">{why}</p>}
        {!byToken && (
          <label htmlFor={`${id}user`}>
            {trans.__('User')}
            <input
              id={`${id}user`}
              className="jp-mlops-input"
              name="username"
              autoComplete="username"
              autoFocus
              required
              value={user}
              onChange={event => setUser(event.target.value)}
            />
          </label>
        )}
        <label htmlFor={`${id}secret`}>
          {byToken ? trans.__('Token') : trans.__('Password')}
          <input
            id={`${id}secret`}
            className="jp-mlops-input"
            type="password"
            name={byToken ? 'token' : 'password'}
            autoComplete="current-password"
            autoFocus={byToken}
            required
            value={secret}
            onChange={event => setSecret(event.target.value)}
          />
        </label>
        <Trouble problem={problem} />
        <button type="submit" className="jp-mlops-button" data-kind="accept" disabled={busy || secret === ''}>
          {trans.__('Log in')}
        </button>
        {byToken && (
          <p className="jp-mlops-quiet">
            <Filled
              text={trans.__(
                'The server prints its token when it starts. %1 opens this page without asking.',
                slot(0)
              )}
              parts={[<code>jupyter mlops ui</code>]}
            />
          </p>
        )}
      </form>
    </main>
  );
}
