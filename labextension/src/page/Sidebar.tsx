import { useCallback, useState, type ReactElement } from 'react';
import { VirtualList } from '../components/panel/VirtualList';
import { SearchBox } from '../components/SearchBox';
import { Trouble } from '../components/Trouble';
import type { IExperiment } from '../components/types';
import { usePages, type Fetch } from '../components/usePages';
import { useSettled } from '../components/useSettled';
import { Logo } from './Logo';
import type { ISession } from './request';
import { places, type IPlace } from '../components/addresses';
import type { RunsHost } from '../stores/runsHost';
import { href } from './router';
import { THEMES, useTheme, type Theme } from './theme';
import { useTranslation, type ITranslate } from '../components/translation';

interface IProps {
  host: RunsHost;
  stamp: number;
  isLive: boolean;
  session: ISession;
  place: IPlace;
  selection: string[];
  onLogOut(): Promise<void>;
}

/** The way to everything: places, experiments, and what holds for the whole page. */
export function Sidebar(props: IProps): ReactElement {
  const trans = useTranslation();
  const { place, selection } = props;
  const [area = 'runs'] = place.path;
  const compared = area === 'compare' ? (place.query.get('runs') ?? '') : selection.join(',');
  return (
    <aside className="jp-mlops-panel jp-mlops-sidebar">
      <a className="jp-mlops-brand" href={href(places.runs())}>
        <Logo size={22} /> jupyter_mlops
      </a>
      <nav aria-label={trans.__('Places')}>
        <Way to={href(places.runs())} current={area === 'runs'} name={trans.__('Runs')} />
        <Way to={href(places.models())} current={area === 'models'} name={trans.__('Models')} />
        {(compared !== '' || area === 'compare') && (
          <Way
            to={href(places.compare(compared.split(',').filter(Boolean)))}
            current={area === 'compare'}
            name={trans.__('Compare %1', compared.split(',').filter(Boolean).length)}
          />
        )}
      </nav>
      <Experiments {...props} />
      <Foot {...props} />
    </aside>
  );
}

function Way({ to, current, name }: { to: string; current: boolean; name: string }): ReactElement {
  return (
    <a className="jp-mlops-way" href={to} aria-current={current ? 'page' : undefined}>
      {name}
    </a>
  );
}

const MANY = 8;

function Experiments({ host, stamp, place }: IProps): ReactElement {
  const trans = useTranslation();
  const [typed, setTyped] = useState('');
  const search = useSettled(typed).trim();
  const fetch: Fetch<IExperiment> = useCallback(
    (count, page) => host.experiments(search, count, page),
    [host, search]
  );
  const { items, loaded, problem, more } = usePages(fetch, stamp);
  const isList = place.path[0] === 'runs' && place.path[1] === undefined;
  const current = isList ? place.query.get('experiment') : undefined;
  return (
    <section className="jp-mlops-experiments" aria-label={trans.__('Experiments')}>
      <h2>{trans.__('Experiments')}</h2>
      {(items.length > MANY || typed !== '') && (
        <SearchBox
          value={typed}
          label={trans.__('Search experiments')}
          testid="mlops-experiments-search"
          onChange={setTyped}
        />
      )}
      <Trouble problem={problem} />
      <a
        className="jp-mlops-way"
        href={href(places.runs())}
        aria-current={current === null ? 'true' : undefined}
        data-testid="mlops-experiment"
      >
        {trans.__('All experiments')}
      </a>
      {items.length > 0 && (
        <VirtualList
          label={trans.__('Experiments')}
          items={items}
          height={30}
          keyOf={one => one.id}
          more={more}
          render={(one, tabIndex) => (
            <a
              className="jp-mlops-way jp-mlops-item-button"
              href={host.links.runs(one.id)}
              tabIndex={tabIndex}
              title={one.name}
              aria-current={current === one.id ? 'true' : undefined}
              data-testid="mlops-experiment"
              data-experiment={one.id}
            >
              <span className="jp-mlops-clip">{one.name}</span>
            </a>
          )}
        />
      )}
      {loaded && items.length === 0 && search !== '' && (
        <p className="jp-mlops-quiet">{trans.__('No experiment has “%1” in its name.', search)}</p>
      )}
    </section>
  );
}

function Foot({ isLive, session, onLogOut }: IProps): ReactElement {
  const trans = useTranslation();
  const [theme, setTheme] = useTheme();
  const live = isLive
    ? trans.__('Live: what is logged appears here at once')
    : trans.__('Not connected: trying again');
  return (
    <footer className="jp-mlops-foot">
      <span className="jp-mlops-live" data-testid="mlops-live" data-live={isLive} title={live} role="status">
        {isLive ? trans.__('Live') : trans.__('Offline')}
      </span>
      <select
        className="jp-mlops-select"
        aria-label={trans.__('Theme')}
        data-testid="mlops-theme"
        value={theme}
        onChange={event => setTheme(event.target.value as Theme)}
      >
        {THEMES.map(one => (
          <option key={one} value={one}>
            {themeLabel(one, trans)}
          </option>
        ))}
      </select>
      {session.auth !== 'none' && (
        <button
          type="button"
          className="jp-mlops-link"
          data-testid="mlops-logout"
          title={session.user === '' ? undefined : trans.__('Logged in as %1', session.user)}
          onClick={() => void onLogOut()}
        >
          {session.user === '' ? trans.__('Log out') : trans.__('Log out %1', session.user)}
        </button>
      )}
    </footer>
  );
}

function themeLabel(theme: Theme, trans: ITranslate): string {
  return { auto: trans.__('As the system'), light: trans.__('Light'), dark: trans.__('Dark') }[theme];
}
