/** What can be done with a column. */
import type { IMenuItem } from '../Menu';
import type { ITranslate } from '../translation';
import type { Aggregate, Direction, ICompareState } from '../types';
import type { ITableColumn } from './gridColumns';

interface IColumnActions {
  state: ICompareState;
  /** Null where the data cannot be asked for. */
  summarise: ((column: ITableColumn) => void) | null;
  set(part: Partial<ICompareState>): void;
  better(id: string): Direction;
  trans: ITranslate;
}

export function columnItems(
  column: ITableColumn,
  { state, summarise, set, better, trans }: IColumnActions
): IMenuItem[] {
  const { id, facts } = column;
  const { columns } = state;
  const without = (ids: string[]): string[] => ids.filter(one => one !== id);
  const sort = (desc: boolean): void => set({ sort: [{ id, desc }] });
  const items: IMenuItem[] = [
    { id: 'down', label: trans.__('Greatest first'), choose: () => sort(true) },
    { id: 'up', label: trans.__('Least first'), choose: () => sort(false) },
    {
      id: 'pin',
      label: column.isPinned === true ? trans.__('Unpin') : trans.__('Pin to the left'),
      first: true,
      testid: 'mlops-column-pin',
      choose: () =>
        set({
          columns: {
            ...columns,
            pinned: column.isPinned === true ? without(columns.pinned) : [...columns.pinned, id]
          }
        })
    },
    {
      id: 'hide',
      label: trans.__('Hide'),
      testid: 'mlops-column-hide',
      choose: () =>
        set({
          columns: {
            ...columns,
            hidden: [...without(columns.hidden), id],
            shown: without(columns.shown),
            pinned: without(columns.pinned)
          }
        })
    }
  ];
  if (facts.group !== 'metrics' && id !== 'attributes.start_time' && id !== 'attributes.duration') {
    const isGroup = state.group === id;
    items.push({
      id: 'group',
      label: isGroup ? trans.__('Do not group') : trans.__('Group by it'),
      testid: 'mlops-column-group',
      choose: () => set({ group: isGroup ? null : id, expanded: [] })
    });
  }
  if (summarise !== null) {
    items.push({
      id: 'summary',
      label: trans.__('Statistics'),
      testid: 'mlops-column-summary',
      choose: () => summarise(column)
    });
  }
  return facts.group === 'metrics' ? [...items, ...metricItems(column, state, set, better, trans)] : items;
}

function metricItems(
  { id }: ITableColumn,
  state: ICompareState,
  set: IColumnActions['set'],
  better: IColumnActions['better'],
  trans: ITranslate
): IMenuItem[] {
  const aggregates: [Aggregate, string][] = [
    ['last', trans.__('Last value')],
    ['best', trans.__('Best value')],
    ['min', trans.__('Least value')],
    ['max', trans.__('Greatest value')],
    ['first', trans.__('First value')]
  ];
  const directions: [Direction, string][] = [
    ['higher', trans.__('Higher is better')],
    ['lower', trans.__('Lower is better')],
    ['neither', trans.__('Neither is better')]
  ];
  return [
    ...aggregates.map(([value, label], place) => ({
      id: value,
      label,
      first: place === 0,
      testid: `mlops-aggregate-${value}`,
      checked: (state.aggregates[id] ?? 'last') === value,
      choose: () => set({ aggregates: { ...state.aggregates, [id]: value } })
    })),
    ...directions.map(([value, label], place) => ({
      id: value,
      label,
      first: place === 0,
      testid: `mlops-direction-${value}`,
      checked: better(id) === value,
      choose: () => set({ directions: { ...state.directions, [id]: value } })
    }))
  ];
}
