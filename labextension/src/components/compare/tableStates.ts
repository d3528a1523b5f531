/** What a click changes in the state of the table. */
import type { IColumnsState, ISort } from '../types';

/** The greatest first, then the least, then as before: of a metric people want the greatest. */
export function sorted(sort: ISort[], id: string, further: boolean): ISort[] {
  const old = sort.find(one => one.id === id);
  const others = further ? sort.filter(one => one.id !== id) : [];
  return old === undefined
    ? [...(further ? sort : []), { id, desc: true }]
    : old.desc
      ? further
        ? sort.map(one => (one.id === id ? { id, desc: false } : one))
        : [{ id, desc: false }]
      : others;
}

/** A column put before another, or last; the order is kept as far as it is not the usual one. */
export function movedColumn(
  all: readonly { id: string }[],
  columns: IColumnsState,
  id: string,
  before: string | null
): IColumnsState {
  const ids = all.map(one => one.id);
  const rest = ids.filter(one => one !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  const order = [...rest.slice(0, at), id, ...rest.slice(at)];
  let end = order.length;
  while (end > 0 && order[end - 1] === ids[end - 1] && !columns.order.includes(order[end - 1] ?? '')) {
    end -= 1;
  }
  const pinned = columns.pinned.filter(one => one !== id);
  const next = before === null ? -1 : pinned.indexOf(before);
  return {
    ...columns,
    order: order.slice(0, end),
    // Beside a pinned column it is pinned as well.
    pinned: next >= 0 ? [...pinned.slice(0, next), id, ...pinned.slice(next)] : pinned
  };
}
