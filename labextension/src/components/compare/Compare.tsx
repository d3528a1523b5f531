import { useMemo, useState, useSyncExternalStore, type ReactElement } from 'react';
import { Charts } from '../charts/Charts';
import { StatusLine } from '../StatusLine';
import { useTranslation } from '../translation';
import type { ICompareHost, ICompareState } from '../types';
import { useSettled } from '../useSettled';
import { Notes } from './Notes';
import { tableColumns } from './gridColumns';
import { GroupRows } from './groupRows';
import { queryOf } from './queries';
import { SavedViews } from './SavedViews';
import { Table } from './Table';
import { Toolbar } from './Toolbar';
import { useCopies } from './useCopies';
import { useRunChanges } from './useRunChanges';
import { useRunIds } from './useRunIds';
import { useTable } from './useTable';

const NO_COLOURS: ReadonlyMap<string, string> = new Map();
const MOST_SELECTED = 1000;

/** Runs side by side: what differs, how they did, and their charts. */
export function Compare({ host }: { host: ICompareHost }): ReactElement {
  const trans = useTranslation();
  const { state, alive, stamp } = useSyncExternalStore(host.subscribe, host.get);
  const settled = useSettled(state.filter);
  const table = useTable(host, state, stamp, state.filter === '' ? '' : settled);
  const { facts, source, rows, asked } = table;
  const [hovered, setHovered] = useState<string | null>(null);
  const [colours, setColours] = useState(NO_COLOURS);
  const changes = useRunChanges(host, source);
  const columns = useMemo(
    () => tableColumns(facts.columns, state, trans),
    [facts.columns, state.columns, state.aggregates, trans]
  );
  const order = useRunIds(host, source, asked, rows, facts.total);
  const query = useMemo(() => queryOf(host.bundle.scope, asked), [host, asked]);
  const set = (part: Partial<ICompareState>): void => host.set(part);
  const select = (chosen: string[]): void => set({ selection: chosen.slice(0, MOST_SELECTED) });
  const copies = useCopies(host, table, columns, state, changes.actions);
  const isEmpty = facts.total === 0;
  return (
    <div
      className="jp-mlops-compare"
      data-testid="mlops-compare"
      data-alive={alive}
      data-source={source}
      aria-busy={table.pending}
    >
      <Toolbar
        facts={facts}
        columns={columns}
        groups={rows instanceof GroupRows ? rows.total : null}
        selected={state.selection.length}
        state={state}
        alive={alive}
        filterProblem={table.filterProblem}
        copies={copies}
        views={<SavedViews host={host} source={source} state={state} changes={changes} />}
        onState={set}
      >
        <StatusLine actions={changes.actions} onUndo={changes.undo} />
      </Toolbar>
      <Notes bundle={host.bundle} table={table} />
      {!isEmpty && rows.length > 0 && (
        <Table
          host={host}
          table={table}
          columns={columns}
          state={state}
          hovered={hovered}
          colours={colours}
          changes={changes}
          onState={set}
          onSelection={select}
          onHover={setHovered}
        />
      )}
      {!table.pending && state.filter !== '' && rows.length === 0 && table.filterProblem === null && (
        <p className="jp-mlops-empty">
          {trans.__('No run matches “%1”.', state.filter)}{' '}
          <button type="button" className="jp-mlops-link" onClick={() => set({ filter: '' })}>
            {trans.__('Clear the filter')}
          </button>
        </p>
      )}
      {!isEmpty && order.length > 0 && (
        <Charts
          host={host}
          source={source}
          stamp={stamp}
          query={query}
          total={facts.total}
          order={order}
          state={state.charts}
          selection={state.selection}
          hovered={hovered}
          onState={charts => set({ charts })}
          onHover={setHovered}
          onSelection={select}
          onColours={setColours}
        />
      )}
    </div>
  );
}
