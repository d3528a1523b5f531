import { useCallback, useMemo, useState, useSyncExternalStore, type ReactElement } from 'react';
import { Grid } from '../grid/Grid';
import type { IGridColumn, IGridRow, IPlace } from '../grid/types';
import { useMenuAt } from '../Menu';
import { Popover } from '../Popover';
import { useOpenAsNotebook } from '../notebooks';
import { useTranslation } from '../translation';
import type { ICompareHost, ICompareState } from '../types';
import { readSummary } from './answers';
import { cellOf } from './cells';
import { columnItems } from './columnMenu';
import { EditText } from './EditText';
import { isShown, labelOf, NAME, NOTE, type ITableColumn } from './gridColumns';
import { groupKey } from './groupRows';
import { GroupName, NameCell } from './NameCell';
import { rowItems } from './rowMenu';
import { directionOf, queryOf } from './queries';
import { Summary } from './Summary';
import { movedColumn, sorted } from './tableStates';
import type { IGroupRow, IRunRow } from './types';
import type { IRunChanges } from './useRunChanges';
import type { ITable } from './useTable';

interface IProps {
  host: ICompareHost;
  table: ITable;
  columns: ITableColumn[];
  state: ICompareState;
  hovered: string | null;
  colours: ReadonlyMap<string, string>;
  changes: IRunChanges;
  onState(part: Partial<ICompareState>): void;
  onSelection(runIds: string[]): void;
  onHover(runId: string | null): void;
}

type Opened =
  | { kind: 'summary'; anchor: HTMLElement; column: ITableColumn }
  | { kind: 'tag'; anchor: HTMLElement; row: IRunRow; key: string | null };

const NAME_WIDTH = 230;
const NOBODY: IRunRow[] = [];

/** The runs or their groups, with all that can be done to them. */
export function Table(props: IProps): ReactElement {
  const { host, table, state, changes, onState, onSelection } = props;
  const { rows, facts, source, baseline, asked, sight } = table;
  const trans = useTranslation();
  const openNotebook = useOpenAsNotebook();
  const menu = useMenuAt();
  const [opened, setOpened] = useState<Opened | null>(null);
  const version = useSyncExternalStore(rows.subscribe, rows.version);
  const compared = useSyncExternalStore(baseline?.subscribe ?? silent, baseline?.version ?? nothing);
  const better = useMemo(() => directionOf(state.directions, facts.columns), [state.directions, facts]);
  const isWide = baseline !== null || state.group !== null;
  const shown = useMemo(
    () =>
      props.columns
        .filter(
          ({ id, facts }) => id !== state.group && isShown(facts, state.columns, state.differences_only)
        )
        .map(column => (isWide ? widened(column, state) : column)),
    [props.columns, state.columns, state.differences_only, state.group, isWide]
  );
  const byId = useMemo(() => new Map(props.columns.map(one => [one.id, one])), [props.columns]);
  const selection = useMemo(() => new Set(state.selection), [state.selection]);
  const known = source === 'snapshot' || rows.length <= 100 ? here(rows) : NOBODY;
  const count = known.filter(({ runId }) => selection.has(runId)).length;
  const onSight = useCallback(
    (from: number, to: number, columns: IGridColumn[]) => {
      const ids = columns.map(({ id }) => id);
      sight.current = ids;
      rows.want(from, to, ids);
      baseline?.want(0, 1, ids);
    },
    [rows, baseline, sight]
  );
  const baseRow = baseline?.at(0);
  const base = baseRow?.kind === 'run' ? baseRow : null;
  const cell = useCallback(
    (index: number, column: IGridColumn) =>
      cellOf(rows.at(index), byId.get(column.id) ?? (column as ITableColumn), {
        baseline: base,
        better,
        trans
      }),
    [rows, byId, base, better, trans]
  );
  const canEdit = source !== 'snapshot';

  const toggle = (row: IGroupRow): void => {
    const key = groupKey(row.value);
    onState({ expanded: row.isOpen ? state.expanded.filter(one => one !== key) : [...state.expanded, key] });
  };
  const edit = (row: IRunRow, key: string | null, anchor: HTMLElement): void =>
    setOpened({ kind: 'tag', anchor, row, key });
  const openRow = (row: IRunRow, element: HTMLElement): void =>
    menu.open(
      element,
      trans.__('Menu of %1', row.name),
      rowItems(row, {
        host,
        source,
        state,
        changes,
        set: onState,
        edit: key => edit(row, key, element),
        openAsNotebook:
          openNotebook &&
          (runId =>
            void changes.actions.run(
              () => openNotebook(host.bundle.store, runId),
              trans.__('Opened %1 as a notebook', row.name)
            )),
        trans
      })
    );
  const onCell = (place: IPlace, element: HTMLElement, how: 'open' | 'edit'): void => {
    const row = rows.at(place.row);
    const column = [...shown.filter(one => one.isPinned), ...shown.filter(one => !one.isPinned)][
      place.column - 1
    ];
    if (row === undefined) {
      return;
    }
    if (row.kind === 'group') {
      if (how === 'open') {
        toggle(row);
      }
    } else if (column?.facts.group === 'tags' && canEdit) {
      edit(row, column.id.slice('tags.'.length), element);
    } else if (how === 'open') {
      openRow(row, element);
    }
  };
  const onMenu = (id: string, element: HTMLElement): void => {
    const column = byId.get(id);
    if (column !== undefined) {
      const summarise = canEdit ? () => setOpened({ kind: 'summary', anchor: element, column }) : null;
      menu.open(
        element,
        column.label,
        columnItems(column, { state, summarise, set: onState, better, trans })
      );
    }
  };
  const groupLabel = state.group === null ? null : (byId.get(state.group) ?? null);
  const query = queryOf(host.bundle.scope, asked);
  return (
    <>
      <Grid
        label={trans.__('Runs')}
        of={rows}
        total={rows.length}
        row={index => gridRow(rows.at(index))}
        version={`${version} ${compared}`}
        columns={shown}
        cell={cell}
        name={index => {
          const row = rows.at(index);
          return row?.kind === 'group' ? (
            <GroupName row={row} label={groupLabel?.label ?? ''} />
          ) : (
            row !== undefined && (
              <NameCell
                row={row}
                isSelected={selection.has(row.runId)}
                isBaseline={state.baseline === row.runId}
                isInGroup={state.group !== null && source !== 'snapshot'}
                colour={props.colours.get(row.runId)}
                href={host.runHref?.(row.runId)}
                onMenu={openRow}
              />
            )
          );
        }}
        nameLabel={groupLabel === null ? trans.__('Run') : labelOf(groupLabel.facts, trans)}
        nameWidth={NAME_WIDTH}
        nameId={state.group ?? NAME}
        sort={state.sort}
        selection={selection}
        all={
          count === 0 && selection.size === 0 ? 'none' : count > 0 && count === known.length ? 'all' : 'some'
        }
        hovered={props.hovered}
        onSight={onSight}
        onHover={props.onHover}
        onAll={() => onSelection(selection.size > 0 ? [] : here(rows).map(({ runId }) => runId))}
        onSelection={onSelection}
        onSort={(id, further) => onState({ sort: sorted(state.sort, id, further) })}
        onMenu={onMenu}
        onMove={(id, before) => onState({ columns: movedColumn(props.columns, state.columns, id, before) })}
        onWidth={(id, width) => {
          const { [id]: _, ...widths } = state.columns.widths;
          onState({
            columns: { ...state.columns, widths: width === null ? widths : { ...widths, [id]: width } }
          });
        }}
        onCell={onCell}
      />
      {menu.menu}
      {opened?.kind === 'summary' && (
        <Popover
          label={opened.column.label}
          anchor={opened.anchor}
          width={252}
          onClose={() => setOpened(null)}
        >
          <strong>{opened.column.label}</strong>
          <Summary
            column={opened.column}
            ask={async () =>
              readSummary(await host.chart(source, 'run_summary', { query, column: opened.column.id }))
            }
          />
        </Popover>
      )}
      {opened?.kind === 'tag' && <Editor opened={opened} changes={changes} onClose={() => setOpened(null)} />}
    </>
  );
}

function Editor({
  opened: { anchor, row, key },
  changes,
  onClose
}: {
  opened: Extract<Opened, { kind: 'tag' }>;
  changes: IRunChanges;
  onClose(): void;
}): ReactElement {
  const trans = useTranslation();
  const isNote = key !== null && `tags.${key}` === NOTE;
  const old = key === null ? null : row.cell(`tags.${key}`);
  const label = isNote
    ? trans.__('Note of %1', row.name)
    : trans.__('%1 of %2', key ?? trans.__('Tag'), row.name);
  return (
    <Popover label={label} anchor={anchor} width={300} onClose={onClose}>
      <strong className="jp-mlops-clip">{label}</strong>
      <EditText
        label={label}
        value={typeof old === 'string' ? old : ''}
        asksKey={key === null}
        isLong={isNote}
        onSave={(value, named) => changes.setTag(row, key ?? named, value)}
        onRemove={typeof old === 'string' && key !== null ? () => changes.setTag(row, key, null) : undefined}
        onClose={onClose}
      />
    </Popover>
  );
}

function gridRow(row: ReturnType<ITable['rows']['at']>): IGridRow | undefined {
  if (row === undefined) {
    return undefined;
  }
  return row.kind === 'run'
    ? { key: row.runId, runId: row.runId, isGroup: false }
    : { key: `group ${groupKey(row.value)}`, runId: null, isGroup: true };
}

/** The runs that were read. */
function here(rows: ITable['rows']): IRunRow[] {
  const found: IRunRow[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows.at(index);
    if (row?.kind === 'run') {
      found.push(row);
    }
  }
  return found;
}

/** Room for a deviation or a difference beside the value. */
function widened(column: ITableColumn, state: ICompareState): ITableColumn {
  if (!column.numeric || state.columns.widths[column.id] !== undefined) {
    return column;
  }
  const isMeasured = column.facts.group === 'metrics' || column.id === 'attributes.duration';
  const deviation = state.group === null ? 0 : isMeasured ? 104 : 52;
  const difference = state.baseline !== null && isMeasured ? 62 : 0;
  return { ...column, width: column.width + deviation + difference };
}

const silent = (): (() => void) => () => undefined;
const nothing = (): number => 0;
