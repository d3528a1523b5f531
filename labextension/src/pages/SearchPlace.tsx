import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { formatAgo } from '../components/formats';
import { dict } from '../components/parse';
import { readModelsPage } from '../components/models/bundles';
import { runFilter } from '../components/runFilter';
import { SearchIcon } from '../components/SearchBox';
import { StatusIcon } from '../components/status';
import { useTranslation } from '../components/translation';
import { useAnswer } from '../components/useAnswer';
import { useSettled } from '../components/useSettled';
import { places } from '../components/addresses';
import type { IPlaceProps } from './places';

const SOME = 8;
const NEWEST = [{ id: 'attributes.start_time', desc: true }];
const RUN_ID = /^[0-9a-f]{32}$/;

interface IFoundItem {
  place: string;
  name: string;
  detail: string;
  mark?: ReactElement;
}

interface IGroup {
  id: string;
  title: string;
  items: IFoundItem[];
  total: number;
  problem: string | null;
  pending: boolean;
}

/** Everything in the store by one box: experiments, runs by name, id or filter, and models. */
export function SearchPlace(props: IPlaceProps): ReactElement {
  const { store, navigation, place } = props;
  const trans = useTranslation();
  const [typed, setTyped] = useState(place.query.get('q') ?? '');
  const search = useSettled(typed).trim();
  const groups = useGroups(props, search);
  const items = groups.flatMap(group => group.items);
  const [active, setActive] = useState(0);
  const box = useRef<HTMLInputElement>(null);
  const listId = useId();
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  useEffect(() => navigation.named?.(trans.__('Search')), [navigation, trans]);
  useEffect(() => {
    setActive(0);
    navigation.go(places.search(search), true);
  }, [search, navigation]);
  const option = (index: number): HTMLElement | null => document.getElementById(`${listId}-${index}`);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && items.length > 0) {
      const next = (active + step + items.length) % items.length;
      setActive(next);
      option(next)?.scrollIntoView({ block: 'nearest' });
      event.preventDefault();
    } else if (event.key === 'Enter') {
      const { ctrlKey, metaKey } = event;
      option(active)?.dispatchEvent(
        new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey, metaKey })
      );
    } else if (event.key === 'Escape' && typed !== '') {
      setTyped('');
      event.stopPropagation();
    }
  };
  const pending = groups.some(group => group.pending);
  let at = 0;
  return (
    <div
      className="jp-mlops-everything"
      data-testid="mlops-search"
      aria-busy={pending || search !== typed.trim()}
    >
      <h1 className="jp-mlops-sr">{trans.__('Search')}</h1>
      <span className="jp-mlops-search">
        <SearchIcon />
        <input
          ref={box}
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={items.length > 0 ? `${listId}-${active}` : undefined}
          aria-label={trans.__('Search experiments, runs and models')}
          placeholder={trans.__('Experiments, models, runs by name, id or metrics.acc > 0.9')}
          className="jp-mlops-search-input"
          data-testid="mlops-search-box"
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </span>
      <div id={listId} role="listbox" aria-label={trans.__('Found')} className="jp-mlops-found-list">
        {groups.map(group => (
          <div
            key={group.id}
            role="group"
            aria-labelledby={`${listId}-${group.id}`}
            data-testid={`mlops-found-${group.id}`}
          >
            <h2 id={`${listId}-${group.id}`} role="presentation">
              {group.title} {!group.pending && <span className="jp-mlops-quiet">{group.total}</span>}
            </h2>
            {group.problem !== null && (
              <p className="jp-mlops-quiet" role="note">
                {group.problem}
              </p>
            )}
            {group.items.map(item => {
              const index = at++;
              return (
                <a
                  key={item.place}
                  id={`${listId}-${index}`}
                  role="option"
                  aria-selected={index === active}
                  tabIndex={-1}
                  className="jp-mlops-found"
                  href={store.href(item.place)}
                  data-testid="mlops-found"
                  onMouseMove={() => setActive(index)}
                >
                  {item.mark}
                  <span className="jp-mlops-clip">{item.name}</span>
                  <span className="jp-mlops-quiet jp-mlops-clip">{item.detail}</span>
                </a>
              );
            })}
            {group.items.length === 0 && group.problem === null && (
              <p className="jp-mlops-quiet">
                {group.pending ? trans.__('Loading…') : trans.__('Nothing found.')}
              </p>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

function useGroups({ host, stamp }: IPlaceProps, search: string): IGroup[] {
  const trans = useTranslation();
  const filter = RUN_ID.test(search) ? `attributes.run_id = '${search}'` : runFilter(search);
  const runs = useAnswer(
    () => host.runs({ experiment: null, filter: search === '' ? '' : filter, sort: NEWEST }, 0, SOME),
    search,
    stamp
  );
  const experiments = useAnswer(() => host.experiments(search, SOME + 1, null), search, stamp);
  const models = useAnswer(
    async () =>
      readModelsPage(
        dict(
          await host.ask('models', {
            search,
            order_by: search === '' ? 'updated' : 'name',
            limit: SOME,
            page: null
          })
        )
      ),
    search,
    stamp
  );
  const now = useMemo(() => Date.now(), [runs.data]);
  const found = experiments.data?.items ?? [];
  return [
    {
      id: 'experiments',
      title: trans.__('Experiments'),
      items: found.slice(0, SOME).map(({ id, name }) => ({ place: places.runs(id), name, detail: '' })),
      total: found.length,
      ...experiments
    },
    {
      id: 'runs',
      title: search === '' ? trans.__('Newest runs') : trans.__('Runs'),
      items: (runs.data?.rows ?? []).map(({ runId, name, status, experiment, startTime }) => ({
        place: places.run(runId),
        name,
        detail: [experiment, startTime === null ? '' : formatAgo(startTime, now, trans)]
          .filter(Boolean)
          .join(' · '),
        mark: <StatusIcon status={status} />
      })),
      total: runs.data?.total ?? 0,
      ...runs
    },
    {
      id: 'models',
      title: trans.__('Models'),
      items: (models.data?.items ?? []).map(({ name, versions, description }) => ({
        place: places.model(name),
        name,
        detail: [trans._n('%1 version', '%1 versions', versions), description].filter(Boolean).join(' · ')
      })),
      total: models.data?.total ?? 0,
      ...models
    }
  ];
}
