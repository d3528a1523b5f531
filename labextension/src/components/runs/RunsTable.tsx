import { useCallback, useMemo, type ReactElement } from 'react';
import { NAME, type IShownColumn } from './cellColumns';
import { RunName } from '../compare/NameCell';
import { sorted } from '../compare/tableStates';
import { Grid } from '../grid/Grid';
import type { IGridCell, IGridColumn } from '../grid/types';
import { useTranslation } from '../translation';
import type { IRow, ISort } from '../types';
import type { Stretches } from './stretches';

const NOBODY = (): void => undefined;
const NAME_WIDTH = 230;

interface IProps {
  stretches: Stretches;
  total: number;
  /** Rows that are here; a new object whenever there are others. */
  rows: IRow[];
  columns: IShownColumn[];
  sort: ISort[];
  selection: string[];
  href(runId: string): string;
  onSort(sort: ISort[]): void;
  onSelection(selection: string[]): void;
  onOpen(runId: string): void;
}

/** A table of any length: rows that are not here yet are read when they come into sight. */
export function RunsTable(props: IProps): ReactElement {
  const { stretches, total, rows, columns, sort, selection, href, onSelection } = props;
  const trans = useTranslation();
  const chosen = useMemo(() => new Set(selection), [selection]);
  const byId = useMemo(() => new Map(columns.map(column => [column.id, column])), [columns]);
  const count = rows.filter(({ runId }) => chosen.has(runId)).length;
  const onSight = useCallback((from: number, to: number) => stretches.want(from, to), [stretches]);
  const cell = useCallback(
    (index: number, { id }: IGridColumn): IGridCell => {
      const row = stretches.row(index);
      const column = byId.get(id);
      const value = row === undefined ? undefined : column?.value(row);
      if (value === undefined || column === undefined) {
        return { content: '' };
      }
      return value === null
        ? { content: '–', tone: 'none' }
        : { content: column.format(value), title: column.title?.(value) ?? String(value) };
    },
    [stretches, byId, rows]
  );
  return (
    <Grid
      className="jp-mlops-runs-scroller"
      label={trans.__('Runs')}
      of={stretches}
      total={total}
      row={index => {
        const runId = stretches.row(index)?.runId;
        return runId === undefined ? undefined : { key: runId, runId, isGroup: false };
      }}
      version={rows}
      columns={columns}
      cell={cell}
      name={index => {
        const row = stretches.row(index);
        return row && <RunName row={row} isSelected={chosen.has(row.runId)} href={href(row.runId)} />;
      }}
      nameLabel={trans.__('Run')}
      nameWidth={NAME_WIDTH}
      nameId={NAME}
      sort={sort}
      selection={chosen}
      all={count === 0 ? 'none' : count === rows.length ? 'all' : 'some'}
      hovered={null}
      onSight={onSight}
      onHover={NOBODY}
      onAll={() => onSelection(count === rows.length ? [] : rows.map(({ runId }) => runId))}
      onSelection={onSelection}
      onSort={(id, further) => props.onSort(sorted(sort, id, further))}
      onCell={({ row }, _, how) => {
        const runId = stretches.row(row)?.runId;
        if (how === 'open' && runId !== undefined) {
          props.onOpen(runId);
        }
      }}
    />
  );
}
