/** Which columns the table has, in which order, how wide, and how their values read. */
import { columnFormat, formatDuration, formatTime } from '../formats';
import * as keys from '../keys';
import { textWidth } from '../textWidth';
import type { ITranslate } from '../translation';
import type { Cell, IColumnsState, ICompareState } from '../types';
import type { IGridColumn } from '../grid/types';
import type { IColumnFacts } from './types';

export const NAME = 'attributes.run_name';
export const NOTE = `tags.${keys.NOTE}`;
const STARTED = 'attributes.start_time';
const DURATION = 'attributes.duration';

export interface ITableColumn extends IGridColumn {
  facts: IColumnFacts;
  format(value: Cell): string;
}

const PADDING = 22;
/** Room for the arrow of a sorted column, its rank and the button of its menu. */
const TOOLS = 38;
const LETTER = 7.2;
const WIDEST = 220;

/** All columns that there are, those that differ first, then as somebody put them. */
export function tableColumns(
  facts: readonly IColumnFacts[],
  state: Pick<ICompareState, 'columns' | 'aggregates'>,
  trans: ITranslate
): ITableColumn[] {
  const { columns } = state;
  const known = facts.filter(({ id }) => id !== NAME).map(one => tableColumn(one, state, trans));
  const moved = new Map(columns.order.map((id, place) => [id, place]));
  const pinned = new Map(columns.pinned.map((id, place) => [id, place]));
  const rank = (id: string): number => moved.get(id) ?? moved.size;
  const pin = (id: string): number => pinned.get(id) ?? pinned.size;
  return known.sort((a, b) => pin(a.id) - pin(b.id) || rank(a.id) - rank(b.id));
}

/** Whether a column stands in the table. */
export function isShown(column: IColumnFacts, columns: IColumnsState, differencesOnly: boolean): boolean {
  if (columns.hidden.includes(column.id)) {
    return false;
  }
  if (columns.shown.includes(column.id) || columns.pinned.includes(column.id)) {
    return true;
  }
  const isOwn = column.group === 'attributes' && column.id !== STARTED && column.id !== DURATION;
  const isSystem = column.group === 'metrics' && keys.isSystem(column.label);
  return column.differs || !(differencesOnly || isOwn || isSystem);
}

function tableColumn(
  facts: IColumnFacts,
  { columns, aggregates }: Pick<ICompareState, 'columns' | 'aggregates'>,
  trans: ITranslate
): ITableColumn {
  const format = formatOf(facts);
  const label = labelOf(facts, trans);
  const aggregate = aggregates[facts.id];
  const mark = aggregate === undefined || aggregate === 'last' ? undefined : aggregate;
  return {
    id: facts.id,
    facts,
    label,
    mark,
    band: bandOf(facts, trans),
    numeric: facts.kind === 'number' && facts.id !== STARTED,
    width:
      columns.widths[facts.id] ?? widthOf(facts, mark === undefined ? label : `${label} ${mark}`, format),
    isPinned: columns.pinned.includes(facts.id),
    format
  };
}

export function labelOf({ id, label }: IColumnFacts, trans: ITranslate): string {
  switch (id) {
    case STARTED:
      return trans.__('Started');
    case DURATION:
      return trans.__('Duration');
    case 'attributes.experiment':
      return trans.__('Experiment');
    case 'attributes.user_id':
      return trans.__('User');
    case 'attributes.status':
      return trans.__('Status');
    case NOTE:
      return trans.__('Note');
    default:
      return label;
  }
}

function bandOf({ group, differs, id }: IColumnFacts, trans: ITranslate): string {
  const name =
    id === NOTE || group === 'attributes'
      ? trans.__('Run')
      : group === 'metrics'
        ? trans.__('Metrics')
        : group === 'tags'
          ? trans.__('Tags')
          : trans.__('Parameters');
  return differs || group === 'attributes' ? name : trans.__('%1, same in all runs', name);
}

function formatOf({ id, group, kind, min, max, mean }: IColumnFacts): (value: Cell) => string {
  if (id === STARTED) {
    return value => (typeof value === 'number' ? formatTime(value) : '');
  }
  if (id === DURATION) {
    return value => (typeof value === 'number' ? formatDuration(value) : '');
  }
  if (kind === 'text') {
    return value => (value === null ? '' : String(value));
  }
  // Whole ends are no sign of whole numbers between them where these are as small as shares are.
  const isShare = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) <= 1;
  const ends: Cell[] = isShare ? [min, max, mean] : [min, max];
  return columnFormat(group, ends);
}

function widthOf(facts: IColumnFacts, label: string, format: (value: Cell) => string): number {
  const { id, kind, min, max, mean, length } = facts;
  const samples =
    id === STARTED
      ? [format(Date.UTC(2028, 11, 28, 22, 28, 28))]
      : id === DURATION
        ? ['88 min 88 s']
        : kind === 'number'
          ? [min, max, mean].map(format)
          : [];
  const cells = Math.max(
    (kind === 'text' ? (length ?? 8) : 0) * LETTER,
    ...samples.map(one => textWidth(one))
  );
  const head = textWidth(label, true) + TOOLS;
  return Math.ceil(Math.max(64, Math.min(WIDEST, cells) + PADDING, Math.min(WIDEST, head) + PADDING));
}

/** A cell of a run as the table understands it: params that are numbers are texts in the store. */
export function valueOf(column: ITableColumn, cell: Cell | undefined): Cell | undefined {
  if (typeof cell !== 'string' || column.facts.kind !== 'number') {
    return cell;
  }
  const read = Number(cell);
  return Number.isNaN(read) && !/^[+-]?nan$/i.test(cell.trim()) ? cell : read;
}
