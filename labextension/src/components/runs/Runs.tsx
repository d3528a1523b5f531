import { useEffect, useId, useMemo, useState, type ReactElement } from 'react';
import { MOST_COMPARED } from '../addresses';
import { formatNumber } from '../formats';
import { runFilter } from '../runFilter';
import { SearchBox } from '../SearchBox';
import { usePreferences } from '../preferences';
import { useTranslation } from '../translation';
import type { ISort } from '../types';
import { useNow } from '../useNow';
import { ColumnsMenu } from './ColumnsMenu';
import { isShownAtFirst, runColumns } from './columns';
import { FilterHelp } from './FilterHelp';
import { RunsTable } from './RunsTable';
import type { IRunsHost, IRunsQuery } from './types';
import { useStretches } from './useStretches';

const TYPING_MS = 500;

interface IProps {
  host: IRunsHost;
  query: IRunsQuery;
  selection: string[];
  /** Columns that somebody chose to see (true) or not. */
  chosen: { readonly [id: string]: boolean };
  stamp: number;
  /** Shown where there is no run at all. */
  nothing: ReactElement;
  onQuery(part: { filter?: string; sort?: ISort[] }): void;
  onSelection(selection: string[]): void;
  onChosen(chosen: { readonly [id: string]: boolean }): void;
  onCompare(): void;
  onOpen(runId: string): void;
}

/** The runs of an experiment or of all: found, sorted, chosen from and opened. */
export function Runs(props: IProps): ReactElement {
  const { host, query, selection, chosen, stamp, onQuery, onSelection } = props;
  const trans = useTranslation();
  const errorId = useId();
  const now = useNow();
  const [help, setHelp] = useState(false);
  const [typed, setTyped] = useSettledFilter(query.filter, filter => onQuery({ filter }));
  const wanted = useMemo(() => ({ ...query, filter: runFilter(query.filter) }), [query]);
  const { shown, found, problem, pending } = useStretches(host, wanted, stamp);
  const rows = useMemo(() => shown.rows(), [shown, found]);
  const all = useMemo(
    () => runColumns(found.columns, rows, now, query.experiment === null, trans),
    // Widths and decimals stay as they are while rows come and go.
    [found.columns, now, query.experiment, trans]
  );
  const { defaultColumns } = usePreferences();
  const columns = useMemo(
    () => all.filter(({ id }) => chosen[id] ?? isShownAtFirst(id, defaultColumns)),
    [all, chosen, defaultColumns]
  );
  const total = found.total ?? 0;
  const isEmpty = found.total === 0 && query.filter.trim() === '' && problem === null;
  return (
    <div className="jp-mlops-runs" data-testid="mlops-runs" aria-busy={pending}>
      <div className="jp-mlops-toolbar">
        <SearchBox
          value={typed}
          label={trans.__('Name, or metrics.acc > 0.9 and params.model = "tree"')}
          testid="mlops-filter"
          invalid={problem !== null && query.filter.trim() !== ''}
          describedBy={problem === null ? undefined : errorId}
          onChange={setTyped}
          onEnter={() => onQuery({ filter: typed })}
        />
        <button
          type="button"
          className="jp-mlops-tool"
          aria-expanded={help}
          data-testid="mlops-filter-help"
          onClick={() => setHelp(!help)}
        >
          {trans.__('Examples')}
        </button>
        <span className="jp-mlops-summary" role="status" data-testid="mlops-runs-summary">
          {found.total === null
            ? trans.__('Loading…')
            : trans._n('%2 run', '%2 runs', total, formatNumber(total))}
          {selection.length > 0 && ` · ${trans._n('%1 selected', '%1 selected', selection.length)}`}
        </span>
        {selection.length > 0 && (
          <button type="button" className="jp-mlops-button" onClick={() => onSelection([])}>
            {trans.__('Clear')}
          </button>
        )}
        <button
          type="button"
          className="jp-mlops-button"
          data-kind={selection.length > 1 ? 'accept' : undefined}
          data-testid="mlops-compare-open"
          disabled={selection.length < 2 || selection.length > MOST_COMPARED}
          title={
            selection.length < 2
              ? trans.__('Select two runs or more to compare them')
              : selection.length > MOST_COMPARED
                ? trans.__('At most %1 runs can be compared', MOST_COMPARED)
                : undefined
          }
          onClick={props.onCompare}
        >
          {selection.length < 2 ? trans.__('Compare') : trans.__('Compare %1', selection.length)}
        </button>
        <ColumnsMenu columns={all} chosen={chosen} onChosen={props.onChosen} />
      </div>
      {help && (
        <FilterHelp
          onExample={filter => {
            setTyped(filter);
            onQuery({ filter });
          }}
        />
      )}
      {problem !== null && (
        <div id={errorId} className="jp-mlops-error" role="alert" data-testid="mlops-filter-error">
          {problem}
        </div>
      )}
      {isEmpty && props.nothing}
      {total > 0 && (
        <RunsTable
          stretches={shown}
          total={total}
          rows={rows}
          columns={columns}
          sort={query.sort}
          selection={selection}
          href={host.links.run}
          onSort={sort => onQuery({ sort })}
          onSelection={onSelection}
          onOpen={props.onOpen}
        />
      )}
      {found.total === 0 && !isEmpty && problem === null && (
        <p className="jp-mlops-empty">
          {trans.__('No run matches “%1”.', query.filter)}{' '}
          <button type="button" className="jp-mlops-link" onClick={() => onQuery({ filter: '' })}>
            {trans.__('Clear the filter')}
          </button>
        </p>
      )}
    </div>
  );
}

/** What is typed, told a moment after the last key; what comes from elsewhere (back, a link) replaces it. */
function useSettledFilter(filter: string, tell: (filter: string) => void): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(filter);
  useEffect(() => setTyped(filter), [filter]);
  useEffect(() => {
    if (typed === filter) {
      return;
    }
    const timer = window.setTimeout(() => tell(typed), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped];
}
