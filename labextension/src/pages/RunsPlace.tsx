import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { dict } from '../components/parse';
import { readJson, writeJson } from '../components/browserStore';
import { Runs } from '../components/runs/Runs';
import { useTranslation } from '../components/translation';
import type { IRunsQuery } from '../components/runs/types';
import type { ISort } from '../components/types';
import { places, written, type IPlace } from '../components/addresses';
import type { IPlaceProps } from './places';

const COLUMNS = 'jupyter-mlops-columns';

interface IProps extends IPlaceProps {
  /** Runs that are chosen. */
  selection: string[];
  onSelection(selection: string[]): void;
  /** Shown where there is no run at all: how to log the first one. */
  nothing: ReactElement;
}

/** The list of runs, with what it shows in the address. */
export function RunsPlace(props: IProps): ReactElement {
  const trans = useTranslation();
  const { host, navigation, stamp, place, selection, onSelection } = props;
  const { go } = navigation;
  const query = useQuery(place);
  const [chosen, setChosen] = useState(keptColumns);
  useEffect(() => writeJson(COLUMNS, chosen), [chosen]);
  const change = (part: { filter?: string; sort?: ISort[] }): void => {
    const now = queryOf(navigation.current());
    const { experiment, filter, sort } = { ...now, ...part };
    go(written(['runs'], { experiment, filter, sort: sortText(sort) }), true);
  };
  return (
    <>
      <h1 className="jp-mlops-sr">{trans.__('Runs')}</h1>
      <Runs
        key={query.experiment ?? ''}
        host={host}
        query={query}
        selection={selection}
        chosen={chosen}
        stamp={stamp}
        nothing={props.nothing}
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
  const kept = dict(readJson(COLUMNS));
  return Object.fromEntries(Object.entries(kept).map(([id, shown]) => [id, shown === true]));
}
