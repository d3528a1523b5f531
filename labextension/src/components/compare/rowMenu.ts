/** What can be done with a run. */
import { follow } from '../follow';
import type { IMenuItem } from '../Menu';
import type { ITranslate } from '../translation';
import type { ICompareHost, ICompareState } from '../types';
import type { Source } from '../views';
import { NOTE } from './gridColumns';
import type { IRunRow } from './types';
import type { IRunChanges } from './useRunChanges';

interface IRowActions {
  host: ICompareHost;
  source: Source;
  state: ICompareState;
  changes: IRunChanges;
  set(part: Partial<ICompareState>): void;
  /** Null: a tag whose name is still to be said. */
  edit(key: string | null): void;
  /** Null where the host has no place for a notebook. */
  openAsNotebook: ((runId: string) => void) | null;
  trans: ITranslate;
}

export function rowItems(row: IRunRow, actions: IRowActions): IMenuItem[] {
  const { host, source, state, changes, set, edit, openAsNotebook, trans } = actions;
  const { runId } = row;
  const isBaseline = state.baseline === runId;
  const items: IMenuItem[] = [
    {
      id: 'baseline',
      label: isBaseline ? trans.__('No baseline') : trans.__('Compare others to it'),
      testid: 'mlops-row-baseline',
      choose: () => set({ baseline: isBaseline ? null : runId })
    },
    {
      id: 'copy',
      label: trans.__('Copy its id'),
      testid: 'mlops-row-copy',
      choose: () => void host.copy(runId)
    }
  ];
  const href = host.runHref?.(runId);
  if (href !== undefined) {
    items.unshift({ id: 'open', label: trans.__('Open the run'), choose: () => follow(href) });
  }
  if (openAsNotebook !== null && source !== 'snapshot') {
    items.push({
      id: 'notebook',
      label: trans.__('Open as notebook'),
      testid: 'mlops-row-notebook',
      choose: () => openAsNotebook(runId)
    });
  }
  if (source !== 'snapshot') {
    items.push(
      {
        id: 'note',
        label: trans.__('Write a note'),
        first: true,
        testid: 'mlops-row-note',
        choose: () => edit(NOTE.slice('tags.'.length))
      },
      { id: 'tag', label: trans.__('Set a tag'), testid: 'mlops-row-tag', choose: () => edit(null) },
      {
        id: 'delete',
        label: trans.__('Delete the run'),
        first: true,
        testid: 'mlops-row-delete',
        choose: () => changes.remove(row)
      }
    );
  }
  return items;
}
