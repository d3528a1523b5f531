import {
  useCallback,
  useDeferredValue,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactElement
} from 'react';
import { useTranslation } from '../translation';
import type { ICompareHost } from '../types';
import { Charts } from '../charts/Charts';
import { searcher, shownColumns } from './columns';
import { Notes } from './Notes';
import { Table } from './Table';
import { Toolbar } from './Toolbar';
import { useLoaded } from './useLoaded';

const NO_COLOURS: ReadonlyMap<string, string> = new Map();

/** Runs side by side: what differs, how they did, and their charts. */
export function Compare({ host }: { host: ICompareHost }): ReactElement {
  const trans = useTranslation();
  const { state, alive, stamp } = useSyncExternalStore(host.subscribe, host.get);
  const { data, source, problem, pending } = useLoaded(host, stamp);
  const [hovered, setHovered] = useState<string | null>(null);
  const [order, setOrder] = useState<string[]>([]);
  const [colours, setColours] = useState(NO_COLOURS);

  const columns = useMemo(() => shownColumns(data, trans), [data, trans]);
  const search = useDeferredValue(state.filter);
  const find = useMemo(() => searcher(columns), [columns]);
  const rows = useMemo(() => find(data.rows, search), [find, data, search]);
  const visible = useMemo(
    () => (state.differences_only ? columns.filter(column => !column.same) : columns),
    [columns, state.differences_only]
  );
  const known = useMemo(() => new Set(data.rows.map(row => row.runId)), [data]);
  const selection = useMemo(
    () => state.selection.filter(runId => known.has(runId)),
    [state.selection, known]
  );
  const charted = useMemo(
    () => (order.length === rows.length ? order : rows.map(row => row.runId)),
    [order, rows]
  );
  const query = useMemo(() => ({ run_ids: rows.map(row => row.runId) }), [rows]);

  const select = useCallback((chosen: string[]) => host.set({ selection: chosen }), [host]);

  return (
    <div
      className="jp-mlops-compare"
      data-testid="mlops-compare"
      data-alive={alive}
      data-source={source}
      aria-busy={pending}
    >
      <Toolbar
        total={data.rows.length}
        shown={rows.length}
        selected={selection.length}
        state={state}
        alive={alive}
        onState={part => host.set(part)}
      />
      <Notes bundle={host.bundle} data={data} source={source} problem={problem} pending={pending} />
      {data.rows.length > 0 && rows.length > 0 && (
        <Table
          rows={rows}
          columns={visible}
          sort={state.sort}
          selection={selection}
          hovered={hovered}
          colours={colours}
          runHref={host.runHref}
          onSort={sort => host.set({ sort })}
          onSelection={select}
          onHover={setHovered}
          onOrder={setOrder}
        />
      )}
      {data.rows.length > 0 && rows.length === 0 && (
        <p className="jp-mlops-empty">
          {trans.__('No run matches “%1”.', state.filter)}{' '}
          <button type="button" className="jp-mlops-link" onClick={() => host.set({ filter: '' })}>
            {trans.__('Clear the search')}
          </button>
        </p>
      )}
      {data.rows.length > 0 && !pending && (
        <Charts
          host={host}
          source={source}
          stamp={stamp}
          query={query}
          total={rows.length}
          order={charted}
          state={state.charts}
          selection={selection}
          hovered={hovered}
          onState={charts => host.set({ charts })}
          onHover={setHovered}
          onSelection={select}
          onColours={setColours}
        />
      )}
    </div>
  );
}
