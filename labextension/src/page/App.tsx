import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactElement } from 'react';
import { Notebooks } from '../components/notebooks';
import { ComparePlace } from '../pages/ComparePlace';
import { ModelsPlace } from '../pages/ModelsPlace';
import type { INavigation, IPlaceProps } from '../pages/places';
import { RunPlace } from '../pages/RunPlace';
import { RunsPlace } from '../pages/RunsPlace';
import { places } from '../components/addresses';
import { RunsHost } from '../stores/runsHost';
import { Drawings } from './drawings';
import { FirstRunHere } from './FirstRunHere';
import { Guard } from '../components/Guard';
import type { Live } from './live';
import { notebookDownloader } from './notebooks';
import type { ISession, Server } from './request';
import { currentPlace, go, href, usePlace } from './router';
import { Sidebar } from './Sidebar';
import { useTranslation, type ITranslate } from '../components/translation';

interface IProps {
  server: Server;
  live: Live;
  session: ISession;
  onLogOut(): Promise<void>;
}

const NAVIGATION: INavigation = { current: currentPlace, go };

export function App({ server, live, session, onLogOut }: IProps): ReactElement {
  const trans = useTranslation();
  const { stamp, isLive } = useSyncExternalStore(live.subscribe, live.get);
  const store = useMemo(() => ({ key: '', server, drawings: new Drawings(server), href }), [server]);
  const host = useMemo(() => new RunsHost(store), [store]);
  const open = useMemo(() => notebookDownloader(server), [server]);
  const [selection, setSelection] = useState<string[]>([]);
  const place = usePlace();
  const [area = '', id] = place.path;
  const main = useRef<HTMLElement>(null);
  const where = [area, id].join('/');
  const before = useRef('');
  useEffect(() => {
    document.title = `${area === 'models' && id !== undefined ? id : titleOf(area, trans)} · jupyter_mlops`;
    // What had the focus may be gone: the keyboard goes on in the new place.
    if (before.current !== '' && document.activeElement === document.body) {
      main.current?.focus({ preventScroll: true });
    }
    before.current = area === '' ? '' : where;
  }, [where, area, id, trans]);
  useEffect(() => {
    if (!['runs', 'models', 'compare'].includes(area)) {
      go(places.runs(), true);
    }
  }, [area]);

  const shared: IPlaceProps = { store, host, navigation: NAVIGATION, place, stamp };
  return (
    <Notebooks.Provider value={open}>
      <div className="jp-mlops-page">
        <a
          className="jp-mlops-skip"
          href="#main"
          onClick={event => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          {trans.__('Skip to content')}
        </a>
        <Sidebar
          host={host}
          stamp={stamp}
          isLive={isLive}
          session={session}
          place={place}
          selection={selection}
          onLogOut={onLogOut}
        />
        <main ref={main} tabIndex={-1} className="jp-mlops-view jp-mlops-page-main" id="main">
          <Guard where={where}>
            {area === 'runs' && id === undefined && (
              <RunsPlace
                {...shared}
                selection={selection}
                onSelection={setSelection}
                nothing={<FirstRunHere isStore={!place.query.has('experiment')} auth={session.auth} />}
              />
            )}
            {area === 'runs' && id !== undefined && <RunPlace {...shared} runId={id} />}
            {area === 'models' && <ModelsPlace {...shared} />}
            {area === 'compare' && <ComparePlace {...shared} />}
          </Guard>
        </main>
      </div>
    </Notebooks.Provider>
  );
}

function titleOf(area: string, trans: ITranslate): string {
  return { models: trans.__('Models'), compare: trans.__('Compare') }[area] ?? trans.__('Runs');
}
