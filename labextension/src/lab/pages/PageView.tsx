import { useEffect, useMemo, useState, useSyncExternalStore, type ReactElement } from 'react';
import { Guard } from '../../components/Guard';
import { Message } from '../../components/Message';
import { Notebooks } from '../../components/notebooks';
import { Runs } from '../../components/projects/RunButton';
import { statusLabel } from '../../components/status';
import { Translation, useTranslation } from '../../components/translation';
import { ComparePlace } from '../../pages/ComparePlace';
import { ExperimentPlace } from '../../pages/ExperimentPlace';
import { ModelsPlace } from '../../pages/ModelsPlace';
import type { INavigation, IPlaceProps } from '../../pages/places';
import { RunPlace } from '../../pages/RunPlace';
import { SearchPlace } from '../../pages/SearchPlace';
import { RunsHost } from '../../stores/runsHost';
import type { IStore } from '../../stores/stores';
import { StoreServer } from '../storeServer';
import { FilePlace } from './FilePlace';
import { pageHref } from './links';
import type { IPageTab } from './PageWidget';
import type { IPageServices } from './services';
import { WatchedServer } from './watchedServer';

interface IProps {
  page: IPageTab;
  services: IPageServices;
  /** Moves when everything is to be read again. */
  reloads: number;
}

/** What a tab shows: the place where its history stands. */
export function PageView({ page, services, reloads }: IProps): ReactElement {
  const { trans, charts } = services;
  const { read: place } = useSyncExternalStore(page.history.subscribe, page.history.get);
  const [moves, setMoves] = useState(0);
  useEffect(() => page.watch(() => setMoves(count => count + 1)), [page]);
  const server = useMemo(
    () => new WatchedServer(new StoreServer(services.server, page.store)),
    [page, services]
  );
  const { store, host, navigation } = useMemo(() => {
    const store: IStore = {
      key: page.store,
      server,
      drawings: {
        drawFigure: (node, figure, events) => charts.draw(node, figure, events),
        drawMarkdown: services.drawMarkdown
      },
      href: place => pageHref({ place, store: page.store })
    };
    const navigation: INavigation = {
      current: () => page.history.get().read,
      go: page.history.go,
      named: page.named
    };
    const host = new RunsHost(store, run => {
      const [area, id] = navigation.current().path;
      if (area === 'runs' && id === run.runId) {
        page.named(`${run.name} · ${statusLabel(run.status, trans)}`);
      }
    });
    return { store, host, navigation };
  }, [page, services, server]);
  const shared: IPlaceProps = { store, host, navigation, place, stamp: moves + reloads };
  return (
    <Translation.Provider value={trans}>
      <Notebooks.Provider value={services.openAsNotebook}>
        <Away server={server} onRetry={page.reload} />
        <main className="jp-mlops-view jp-mlops-page-main" data-testid="mlops-page">
          <Guard where={place.path.join('/')}>
            <Runs.Provider value={services.writeRun}>
              <Place {...shared} />
            </Runs.Provider>
          </Guard>
        </main>
      </Notebooks.Provider>
    </Translation.Provider>
  );
}

function Place(props: IPlaceProps): ReactElement {
  const trans = useTranslation();
  const [area, id] = props.place.path;
  switch (area) {
    case 'runs':
      return id === undefined ? (
        <ExperimentPlace key={props.place.query.get('experiment')} {...props} />
      ) : (
        <RunPlace {...props} runId={id} />
      );
    case 'models':
      return <ModelsPlace {...props} />;
    case 'compare':
      return <ComparePlace {...props} />;
    case 'file':
      return <FilePlace {...props} />;
    case 'search':
      return <SearchPlace {...props} />;
    default:
      return (
        <Message
          title={trans.__('There is no such page')}
          text={trans.__('“%1” is not known to this version of jupyter_mlops.', props.place.path.join('/'))}
        />
      );
  }
}

/** Above everything, for what is shown is as it was. */
function Away({ server, onRetry }: { server: WatchedServer; onRetry(): void }): ReactElement | null {
  const trans = useTranslation();
  const away = useSyncExternalStore(server.subscribe, server.isAway);
  return away ? (
    <div className="jp-mlops-view jp-mlops-away" role="alert" data-testid="mlops-away">
      <span>
        {trans.__('The Jupyter server can not be reached. What you see and typed stays; it is tried again.')}
      </span>
      <button type="button" className="jp-mlops-button" onClick={onRetry}>
        {trans.__('Try again')}
      </button>
    </div>
  ) : null;
}
