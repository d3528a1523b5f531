import { useMemo, type ReactElement } from 'react';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import type { Stage } from '../types';
import { useNow } from '../useNow';
import { useSelection } from '../useSelection';
import { Grid } from './Grid';
import type { IVersionRow } from './types';
import { versionColumns } from './versionColumns';
import { VersionMenu } from './VersionMenu';

interface IProps {
  rows: IVersionRow[];
  metrics: string[];
  total: number;
  more: (() => void) | null;
  search: string;
  selection: string[];
  locked: string | null;
  runHref: ((runId: string) => string) | undefined;
  pending: boolean;
  onSearch(search: string): void;
  onSelection(versions: string[]): void;
  onCompare(): void;
  onTry: ((row: IVersionRow) => void) | undefined;
  onStage(row: IVersionRow, stage: Stage): void;
  onAlias(row: IVersionRow): void;
  onRemoveAlias(row: IVersionRow, alias: string): void;
  onDescribe(row: IVersionRow): void;
}

const ROW = 30;

/** The versions of a model, the newest first. */
export function Versions(props: IProps): ReactElement {
  const { rows, metrics, selection, locked, search } = props;
  const trans = useTranslation();
  const now = useNow();
  const order = useMemo(() => rows.map(keyOf), [rows]);
  const chosen = useMemo(() => new Set(selection), [selection]);
  const { active, pick, onKeyDown } = useSelection(order, selection, props.onSelection);
  // One row's buttons are in the way of Tab, not those of all.
  const stop = active ?? order[0];
  const columns = versionColumns({
    rows,
    metrics,
    chosen,
    now,
    locked,
    active: stop,
    trans,
    runHref: props.runHref,
    onPick: pick,
    onStage: props.onStage,
    menu: row => (
      <VersionMenu
        row={row}
        locked={locked}
        tabIndex={row.version === stop ? 0 : -1}
        onTry={props.onTry && (() => props.onTry?.(row))}
        onStage={stage => props.onStage(row, stage)}
        onAlias={() => props.onAlias(row)}
        onRemoveAlias={alias => props.onRemoveAlias(row, alias)}
        onDescribe={() => props.onDescribe(row)}
      />
    )
  });
  return (
    <>
      <div className="jp-mlops-toolbar">
        <SearchBox
          value={search}
          label={trans.__('Search versions')}
          testid="mlops-versions-search"
          onChange={props.onSearch}
        />
        <button
          type="button"
          className="jp-mlops-button"
          data-testid="mlops-compare-open"
          disabled={selection.length < 2}
          title={selection.length < 2 ? trans.__('Select two versions or more to compare them') : undefined}
          onClick={props.onCompare}
        >
          {selection.length < 2 ? trans.__('Compare') : trans.__('Compare %1', selection.length)}
        </button>
        <span className="jp-mlops-summary" role="status">
          {trans._n('%1 version', '%1 versions', props.total)}
          {selection.length > 0 && ` · ${trans._n('%1 selected', '%1 selected', selection.length)}`}
        </span>
      </div>
      {rows.length > 0 && (
        <Grid
          label={trans.__('Versions')}
          testid="mlops-versions-row"
          rows={rows}
          total={props.total}
          height={ROW}
          columns={columns}
          keyOf={keyOf}
          data={dataOf}
          active={active}
          chosen={chosen}
          more={props.more}
          onPick={pick}
          onKeyDown={onKeyDown}
        />
      )}
      {rows.length === 0 && !props.pending && (
        <p className="jp-mlops-empty">
          {search === '' ? (
            <>
              {trans.__('No versions yet. Register one:')}{' '}
              <code>mlflow.register_model(&quot;runs:/…/model&quot;, …)</code>
            </>
          ) : (
            <>
              {trans.__('No version matches “%1”.', search)}{' '}
              <button type="button" className="jp-mlops-link" onClick={() => props.onSearch('')}>
                {trans.__('Clear the search')}
              </button>
            </>
          )}
        </p>
      )}
    </>
  );
}

const keyOf = (row: IVersionRow): string => row.version;
const dataOf = (row: IVersionRow): { [attribute: string]: string } => ({
  'data-version': row.version,
  'data-stage': row.stage
});
