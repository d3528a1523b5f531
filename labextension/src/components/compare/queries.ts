/** What the table asks the store, as its JSON. */
import { runFilter } from '../runFilter';
import type { Aggregate, Direction, IScope } from '../types';
import type { IAsked, IColumnFacts } from './types';

export function queryOf(scope: IScope, { filter, sort, aspects, runIds, equal }: IAsked): object {
  return {
    experiment_ids: scope.experimentIds,
    run_ids: runIds ?? scope.runIds,
    filters: [scope.filter, runFilter(filter)].filter(one => one !== ''),
    sort,
    aspects,
    equal: equal ?? {}
  };
}

/** Which value of each metric is asked for: the best one is an end, by the metric's direction. */
export function aspectsOf(
  aggregates: { readonly [id: string]: Aggregate },
  better: (id: string) => Direction
): { [id: string]: string } {
  const asked = Object.entries(aggregates).map(([id, aggregate]) => [id, aspect(aggregate, better(id))]);
  return Object.fromEntries(asked.filter(([, value]) => value !== 'last'));
}

function aspect(aggregate: Aggregate, better: Direction): string {
  return aggregate !== 'best' ? aggregate : better === 'lower' ? 'min' : better === 'higher' ? 'max' : 'last';
}

/** Which way a column gets better: as somebody said, else as its name tells. */
export function directionOf(
  directions: { readonly [id: string]: Direction },
  facts: readonly IColumnFacts[]
): (id: string) => Direction {
  const known = new Map(facts.map(({ id, better }) => [id, better]));
  return id => directions[id] ?? known.get(id) ?? 'neither';
}
