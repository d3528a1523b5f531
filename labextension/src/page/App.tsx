import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactElement } from 'react';
import { Notebooks } from '../components/notebooks';
import { ENGLISH, Translation } from '../components/translation';
import { places } from '../stores/addresses';
import { RunsHost } from '../stores/runsHost';
import type { IStore } from '../stores/stores';
import { ComparePlace } from './ComparePlace';
import { Drawings } from './drawings';
import { Guard } from './Guard';
import type { Live } from './live';
import { ModelsPlace } from './ModelsPlace';
import { notebookDownloader } from './notebooks';
import type { ISession, Server } from './request';
import { go, href, usePlace } from './router';
import { RunPlace } from './RunPlace';
import { RunsPlace } from './RunsPlace';
import { Sidebar } from './Sidebar';

interface IProps {
  server: Server;
  live: Live;
  session: ISession;
  onLogOut(): Promise<void>;
}

/** What the places of the page share. */
export interface IPlaceProps {
  store: IStore;
  auth: string;
  host: RunsHost;
  stamp: number;
  /** Runs that were chosen in the list. */
  selection: string[];
  onSelection(selection: string[]): void;
}

export function App({ server, live, session, onLogOut }: IProps): ReactElement {
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
    document.title = `${area === 'models' && id !== undefined ? id : titleOf(area)} · jupyter_mlops`;
    // What had the focus may be gone: the keyboard goes on in the new place.
    if (before.current !== '' && document.activeElement === document.body) {
      main.current?.focus({ preventScroll: true });
    }
    before.current = area === '' ? '' : where;
  }, [where, area, id]);
  useEffect(() => {
    if (!['runs', 'models', 'compare'].includes(area)) {
      go(places.runs(), true);
    }
  }, [area]);

  const shared: IPlaceProps = {
    store,
    auth: session.auth,
    host,
    stamp,
    selection,
    onSelection: setSelection
  };
  return (
    <Translation.Provider value={ENGLISH}>
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
            Skip to content
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
              {area === 'runs' && id === undefined && <RunsPlace {...shared} place={place} />}
              {area === 'runs' && id !== undefined && <RunPlace {...shared} place={place} runId={id} />}
              {area === 'models' && <ModelsPlace {...shared} place={place} />}
              {area === 'compare' && <ComparePlace {...shared} place={place} />}
            </Guard>
          </main>
        </div>
      </Notebooks.Provider>
    </Translation.Provider>
  );
}

function titleOf(area: string): string {
  return { models: 'Models', compare: 'Compare' }[area] ?? 'Runs';
}
