import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { isDict } from '../components/parse';
import { Runs } from '../components/runs/Runs';
import type { IRunsQuery } from '../components/runs/types';
import type { ISort } from '../components/types';
import type { IPlaceProps } from './App';
import { FirstRun } from './FirstRun';
import { places, written, type IPlace } from '../stores/addresses';
import { currentPlace, go } from './router';
import { read, write } from './theme';

const COLUMNS = 'jupyter-mlops-columns';

/** The list of runs, with what it shows in the address. */
export function RunsPlace(props: IPlaceProps & { place: IPlace }): ReactElement {
  const { host, stamp, place, selection, onSelection } = props;
  const query = useQuery(place);
  const [chosen, setChosen] = useState(keptColumns);
  useEffect(() => write(COLUMNS, JSON.stringify(chosen)), [chosen]);
  const change = (part: { filter?: string; sort?: ISort[] }): void => {
    const now = queryOf(currentPlace());
    const { experiment, filter, sort } = { ...now, ...part };
    go(written(['runs'], { experiment, filter, sort: sortText(sort) }), true);
  };
  return (
    <>
      <h1 className="jp-mlops-sr">Runs</h1>
      <Runs
        key={query.experiment ?? ''}
        host={host}
        query={query}
        selection={selection}
        chosen={chosen}
        stamp={stamp}
        nothing={<FirstRun isStore={query.experiment === null} auth={props.auth} />}
        onQuery={change}
        onSelection={onSelection}
        onChosen={setChosen}
        onCompare={() => go(places.compare(selection))}
        onOpen={runId => go(places.run(runId))}
      />
    </>
  );
}

function useQuery(place: IPlace): IRunsQuery {
  const key = place.query.toString();
  return useMemo(() => queryOf(place), [key]);
}

function queryOf({ query }: IPlace): IRunsQuery {
  const sort = (query.get('sort') ?? '').split(',').filter(Boolean);
  return {
    experiment: query.get('experiment'),
    filter: query.get('filter') ?? '',
    sort: sort.map(one => {
      const desc = one.startsWith('-');
      return { id: decodeURIComponent(desc ? one.slice(1) : one), desc };
    })
  };
}

/** As "-metrics.acc,params.lr": the greatest first. */
function sortText(sort: ISort[]): string {
  return sort.map(({ id, desc }) => (desc ? '-' : '') + encodeURIComponent(id)).join(',');
}

function keptColumns(): { [id: string]: boolean } {
  try {
    const kept: unknown = JSON.parse(read(COLUMNS) ?? '{}');
    return isDict(kept)
      ? Object.fromEntries(Object.entries(kept).map(([id, shown]) => [id, shown === true]))
      : {};
  } catch {
    return {};
  }
}
