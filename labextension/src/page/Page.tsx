import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { said } from '../components/errors';
import { Message } from '../components/Message';
import { App } from './App';
import { Live } from './live';
import { Login } from './Login';
import { Server, type ISession } from './request';
import { useTranslation } from '../components/translation';

type State =
  | { kind: 'asking' }
  | { kind: 'wanted'; auth: string; why: string | null }
  | { kind: 'failed'; why: string }
  | { kind: 'in'; session: ISession };

/** Nothing is asked of the store before it is known who asks. */
export function Page(): ReactElement {
  const trans = useTranslation();
  const server = useMemo(() => new Server(), []);
  const live = useMemo(() => new Live(server), [server]);
  const [state, setState] = useState<State>({ kind: 'asking' });

  const enter = useCallback(
    async (session: ISession): Promise<void> => {
      await live.start();
      setState({ kind: 'in', session });
    },
    [live]
  );
  const ask = useCallback(async (): Promise<void> => {
    try {
      const answer = await server.session();
      if ('wanted' in answer) {
        setState({ kind: 'wanted', auth: answer.wanted, why: null });
      } else {
        await enter(answer);
      }
    } catch (error) {
      setState({ kind: 'failed', why: said(error) });
    }
  }, [server, enter]);

  useEffect(() => {
    server.onEnded = () => {
      live.stop();
      setState(old =>
        old.kind === 'in'
          ? {
              kind: 'wanted',
              auth: old.session.auth,
              why: trans.__('Your session has ended. Log in to go on here.')
            }
          : old
      );
    };
    void ask();
  }, [server, live, ask, trans]);

  switch (state.kind) {
    case 'asking':
      return <p className="jp-mlops-page-wait" role="status" aria-label={trans.__('Loading')} />;
    case 'failed':
      return (
        <main className="jp-mlops-view jp-mlops-page-middle">
          <Message
            title={trans.__('The page could not be loaded')}
            text={state.why}
            onRetry={() => void ask()}
          />
        </main>
      );
    case 'wanted':
      return (
        <Login
          auth={state.auth}
          why={state.why}
          logIn={async (user, password) => enter(await server.logIn(user, password))}
        />
      );
    default:
      return (
        <App
          server={server}
          live={live}
          session={state.session}
          onLogOut={async () => {
            await server.logOut();
            live.stop();
            setState({ kind: 'wanted', auth: state.session.auth, why: null });
          }}
        />
      );
  }
}
