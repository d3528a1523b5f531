/** What can be done with the runs that are selected: in the toolbar, in the menu and by keys. */
import { MOST_COMPARED, places } from '../addresses';
import type { IMenuItem } from '../Menu';
import type { ITranslate } from '../translation';
import type { IRunActions } from './useRunActions';
import type { IListedRun, ISurroundings, Shown } from './types';

export interface IRunChoice {
  runs: readonly IListedRun[];
  shown: Shown;
  store: string;
  changes: IRunActions;
  surroundings: ISurroundings;
  openAsNotebook: ((runId: string) => void) | null;
  onRename(run: IListedRun): void;
  onTag(): void;
  onRemove(): void;
  onRegister(run: IListedRun): void;
  onDetails(): void;
  trans: ITranslate;
}

/** Null where it can not be. */
export function comparer({ runs, store, surroundings }: IRunChoice): (() => void) | null {
  const { open } = surroundings;
  return open === null || runs.length < 2 || runs.length > MOST_COMPARED
    ? null
    : () => open(store, places.compare(runs.map(run => run.runId)));
}

/** Code that gives what is selected to whoever goes on in a notebook. */
function codeOf(runs: readonly IListedRun[]): string {
  const ids = runs.map(run => `"${run.runId}"`);
  return runs.length === 1
    ? `run = mlflow.get_run(${ids[0]})`
    : `runs = [mlflow.get_run(run_id) for run_id in [${ids.join(', ')}]]`;
}

export function runItems(choice: IRunChoice): IMenuItem[] {
  const { runs, shown, store, changes, surroundings, openAsNotebook, trans } = choice;
  const { open, insertCode } = surroundings;
  const [run] = runs;
  if (run === undefined) {
    return [];
  }
  const isOne = runs.length === 1;
  const items: (IMenuItem | false)[] = [
    isOne &&
      open !== null && {
        id: 'open',
        label: trans.__('Open'),
        choose: () => open(store, places.run(run.runId))
      },
    isOne && { id: 'details', label: trans.__('Show details'), choose: choice.onDetails },
    comparer(choice) !== null && {
      id: 'compare',
      label: trans.__('Compare %1 runs', runs.length),
      choose: () => comparer(choice)?.()
    },
    isOne &&
      openAsNotebook !== null &&
      run.hasCells &&
      run.status !== 'RUNNING' && {
        id: 'notebook',
        label: trans.__('Open as notebook'),
        choose: () => openAsNotebook(run.runId)
      },
    isOne &&
      shown !== 'deleted' && {
        id: 'register',
        label: trans.__('Register a model…'),
        choose: () => choice.onRegister(run)
      },
    insertCode !== null && {
      id: 'code',
      label: trans.__('Insert code into the notebook'),
      choose: () => insertCode(codeOf(runs))
    },
    {
      id: 'copy',
      label: isOne ? trans.__('Copy id') : trans.__('Copy %1 ids', runs.length),
      choose: () => changes.copy(runs)
    },
    isOne &&
      run.status === 'RUNNING' &&
      shown !== 'deleted' && {
        id: 'stop',
        label: trans.__('Stop'),
        first: true,
        choose: () => changes.stop(run)
      },
    isOne &&
      shown !== 'deleted' && {
        id: 'rename',
        label: trans.__('Rename'),
        first: run.status !== 'RUNNING',
        choose: () => choice.onRename(run)
      },
    shown !== 'deleted' && {
      id: 'tag',
      label: trans.__('Set a tag…'),
      first: !isOne,
      choose: choice.onTag
    },
    shown !== 'deleted' && {
      id: 'archive',
      label: shown === 'archived' ? trans.__('Take out of the archive') : trans.__('Archive'),
      choose: () => changes.archive(runs, shown === 'active')
    },
    shown === 'deleted'
      ? { id: 'restore', label: trans.__('Restore'), first: true, choose: () => changes.restore(runs) }
      : { id: 'delete', label: trans.__('Delete'), first: true, choose: choice.onRemove }
  ];
  return items
    .filter((one): one is IMenuItem => one !== false)
    .map(one => ({ ...one, testid: `mlops-run-${one.id}` }));
}
