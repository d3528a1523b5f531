import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ICompareHost, ICompareState, ILoaded } from '../types';
import type { Source } from '../views';
import { factsOf, readGroups } from './answers';
import { Blocks, type FetchRows } from './blocks';
import { GroupRows } from './groupRows';
import { unpack } from './packed';
import { aspectsOf, directionOf, queryOf } from './queries';
import { SavedRows } from './savedRows';
import type { IAsked, IFacts, IRowSource } from './types';

export type Rows = Blocks | GroupRows | SavedRows;

export interface ITable {
  facts: IFacts;
  source: Source;
  rows: Rows;
  /** The run that numbers are compared to. */
  baseline: IRowSource | null;
  /** The columns in sight. */
  sight: { current: string[] };
  /** What the rows are of: everything but the store's own changes. */
  asked: IAsked;
  problem: string | null;
  filterProblem: string | null;
  pending: boolean;
}

/** The table that the state asks for. What was shown stays until the first rows of another are here. */
export function useTable(host: ICompareHost, state: ICompareState, stamp: number, settled: string): ITable {
  const { loaded, facts, pending } = useFacts(host, stamp, settled);
  const { source } = loaded;
  const { sort, group, baseline } = state;
  const filter = facts.filter;
  const key = JSON.stringify([source, filter, sort, group, state.aggregates, state.directions]);
  const asked = useMemo((): IAsked => {
    const better = directionOf(state.directions, facts.of.columns);
    return { filter, sort, aspects: aspectsOf(state.aggregates, better) };
    // Facts of other runs ask for nothing else: their names tell the directions.
  }, [key]);
  const wanted = useMemo(
    () => rowsOf(host, source, asked, group, facts.of.total),
    [host, asked, group, source === 'snapshot' ? facts.of : null]
  );
  const fresh = useRef({ wanted, facts });
  useEffect(() => {
    if (fresh.current.wanted === wanted && fresh.current.facts !== facts) {
      wanted.refresh(facts.of.total);
    }
    fresh.current = { wanted, facts };
  }, [wanted, facts]);
  useEffect(() => {
    if (wanted instanceof GroupRows) {
      wanted.open(state.expanded);
    }
  }, [wanted, state.expanded]);
  useSyncExternalStore(wanted.subscribe, wanted.version);
  // Rows that nobody has seen yet are read with the columns that are in sight.
  const sight = useRef<string[]>([]);
  useEffect(() => wanted.want(0, 1, sight.current), [wanted]);
  const last = useRef(wanted);
  if (wanted.isReady) {
    last.current = wanted;
  }
  const compared = useMemo(() => {
    if (baseline === null || source === 'snapshot') {
      return null;
    }
    return new Blocks(fetchRows(host, source, { ...asked, filter: '', sort: [], runIds: [baseline] }), 1);
  }, [host, source, asked, baseline]);
  const isFilter = loaded.facts === null && source !== 'snapshot' && settled !== '';
  return {
    facts: facts.of,
    source,
    rows: last.current,
    baseline: compared,
    asked,
    sight,
    problem: (isFilter ? null : loaded.problem) ?? wanted.problem,
    filterProblem: isFilter ? loaded.problem : null,
    pending: pending || !wanted.isReady
  };
}

interface IKnown {
  of: IFacts;
  /** The filter that they are of. */
  filter: string;
}

function useFacts(
  host: ICompareHost,
  stamp: number,
  filter: string
): { loaded: ILoaded; facts: IKnown; pending: boolean } {
  const saved = useMemo(() => factsOf(host.bundle.snapshot), [host]);
  const [loaded, setLoaded] = useState<ILoaded>({ facts: saved, source: 'snapshot', problem: null });
  const [facts, setFacts] = useState<IKnown>({ of: saved, filter });
  const [pending, setPending] = useState(true);
  useEffect(() => {
    let late = false;
    setPending(true);
    host.load(filter).then(answer => {
      if (late) {
        return;
      }
      setLoaded(answer);
      setPending(false);
      const of = answer.source === 'snapshot' ? saved : answer.facts;
      if (of !== null) {
        // Where nothing matches there still are the columns that a better filter can name.
        setFacts(old => ({ of: of.total > 0 ? of : { ...of, columns: old.of.columns }, filter }));
      }
    });
    return () => {
      late = true;
    };
  }, [host, stamp, filter]);
  return { loaded, facts, pending };
}

function rowsOf(
  host: ICompareHost,
  source: Source,
  asked: IAsked,
  group: string | null,
  total: number
): Rows {
  if (source === 'snapshot') {
    return new SavedRows(host.bundle.snapshot, asked.filter, asked.sort);
  }
  if (group === null) {
    return new Blocks(fetchRows(host, source, asked), total);
  }
  const groups = async (columns: string[]): Promise<ReturnType<typeof readGroups>> =>
    readGroups(
      await host.chart(source, 'run_groups', { query: queryOf(host.bundle.scope, asked), by: group, columns })
    );
  const runsOf = (value: string | null): FetchRows =>
    fetchRows(host, source, { ...asked, equal: { [group]: value } });
  return new GroupRows(groups, runsOf, asked.sort, group);
}

export function fetchRows(host: ICompareHost, source: Source, asked: IAsked): FetchRows {
  const query = queryOf(host.bundle.scope, asked);
  return async (columns, offset, limit) =>
    unpack(await host.chart(source, 'run_rows', { query, columns, offset, limit }));
}
