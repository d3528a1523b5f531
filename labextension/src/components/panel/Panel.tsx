import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactElement
} from 'react';
import { canPass, said } from '../errors';
import { usePreferences } from '../preferences';
import { textOrNull } from '../parse';
import { isInSight } from '../sight';
import { tabId, tabPanelId, Tabs } from '../Tabs';
import { useTranslation } from '../translation';
import type { IPanelHost, IStores } from './types';
import { Message } from '../Message';
import { ModelsView } from './ModelsView';
import { RunsView } from './RunsView';
import { useRemembered } from './useRemembered';

type Tab = 'runs' | 'models';
const ID = 'jp-mlops-panel';
/** Not a key of a store. */
const FOLLOW = '';
const RETRY_MS = 3000;

/** The side panel: runs and models of a store. */
export function Panel({ host }: { host: IPanelHost }): ReactElement {
  const trans = useTranslation();
  const [tab, setTab] = useRemembered(host, 'tab', readTab);
  const [stores, setStores] = useState<IStores | null>(null);
  const [chosen, choose] = useRemembered(host, 'store', textOrNull);
  const [problem, setProblem] = useState<unknown>(null);
  const [refresh, setRefresh] = useState(0);
  const body = useRef<HTMLDivElement>(null);
  // A tab once visited stays in the page, so that its filter and its scroll position are kept.
  const [visited, setVisited] = useState<Tab[]>([tab]);
  const show = (next: Tab): void => {
    setTab(next);
    setVisited(old => (old.includes(next) ? old : [...old, next]));
  };

  const load = useCallback(() => {
    host.stores().then(
      found => {
        setStores(found);
        setProblem(null);
      },
      (error: unknown) => setProblem(error)
    );
  }, [host]);
  useEffect(load, [load]);
  // A server that starts again, or a store that somebody holds, is there a little later.
  const isRetrying = problem !== null && canPass(problem);
  useEffect(() => {
    const again = (): void => {
      if (isInSight(body.current)) {
        load();
      }
    };
    const timer = isRetrying ? window.setInterval(again, RETRY_MS) : 0;
    return () => window.clearInterval(timer);
  }, [load, isRetrying]);

  const wanted = usePreferences().store;
  const known = stores?.stores.find(one => one.key === wanted || one.location === wanted);
  const active = useSyncExternalStore(host.followed.subscribe, host.followed.get);
  const followed = stores?.stores.find(one => one.key === active);
  // A store that was chosen once may be gone.
  const kept = stores?.stores.find(one => one.key === chosen);
  const key = kept?.key ?? followed?.key ?? known?.key ?? stores?.default ?? null;
  const store = useMemo(() => (key === null ? null : host.store(key)), [host, key]);
  useEffect(
    () => (key === null ? undefined : host.watch(key, () => setRefresh(count => count + 1))),
    [host, key]
  );

  return (
    <div ref={body} className="jp-mlops-panel-body" data-testid="mlops-panel">
      <Tabs
        id={ID}
        label={trans.__('MLOps')}
        tabs={[
          ['runs', trans.__('Runs')],
          ['models', trans.__('Models')]
        ]}
        tab={tab}
        onTab={show}
      />
      {stores !== null && stores.stores.length > 1 && (
        <div className="jp-mlops-panel-tools">
          <select
            className="jp-mlops-select"
            value={kept?.key ?? FOLLOW}
            aria-label={trans.__('Store')}
            title={stores.stores.find(one => one.key === key)?.location}
            data-testid="mlops-store"
            onChange={event => choose(event.target.value === FOLLOW ? null : event.target.value)}
          >
            <option value={FOLLOW}>{trans.__('Of the notebook: %1', nameOf(stores, key))}</option>
            {stores.stores.map(one => (
              <option key={one.key} value={one.key} title={one.location}>
                {shortened(one.location)}
              </option>
            ))}
          </select>
        </div>
      )}
      {problem !== null && stores === null && <Failure problem={problem} onRetry={load} />}
      {store !== null &&
        visited.map(one => (
          <div
            key={one}
            role="tabpanel"
            id={tabPanelId(ID, one)}
            aria-labelledby={tabId(ID, one)}
            className="jp-mlops-tabpanel"
            hidden={one !== tab}
          >
            {one === 'runs' ? (
              <RunsView key={key} host={store} panel={host} refresh={refresh} />
            ) : (
              <ModelsView key={key} host={store} panel={host} refresh={refresh} />
            )}
          </div>
        ))}
    </div>
  );
}

function Failure({ problem, onRetry }: { problem: unknown; onRetry(): void }): ReactElement {
  const trans = useTranslation();
  const command =
    problem instanceof Error && 'command' in problem && typeof problem.command === 'string'
      ? problem.command
      : undefined;
  return (
    <Message
      title={trans.__('The store can not be read')}
      text={said(problem)}
      command={command}
      onRetry={onRetry}
    />
  );
}

function readTab(kept: unknown): Tab {
  return kept === 'models' ? 'models' : 'runs';
}

function nameOf({ stores }: IStores, key: string | null): string {
  return shortened(stores.find(one => one.key === key)?.location ?? '');
}

/** The end of a path says more than its beginning. */
function shortened(location: string): string {
  const parts = location.split('/').filter(Boolean);
  return parts.length > 3 ? `…/${parts.slice(-3).join('/')}` : location;
}
