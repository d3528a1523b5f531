import { useRef } from 'react';
import { useTranslation } from '../translation';
import type { ICompareHost } from '../types';
import { useActions, type IActions } from '../useActions';
import type { Source } from '../views';
import type { IRunRow } from './types';

export interface IRunChanges {
  actions: IActions;
  /** Null removes it. */
  setTag(row: IRunRow, key: string, value: string | null): void;
  remove(row: IRunRow): void;
  /** Another change, with what takes it back. */
  make(work: () => Promise<void>, takeBack: () => Promise<void>, done: string): void;
  undo(): void;
}

/** Changes, each of which can be taken back. */
export function useRunChanges(host: ICompareHost, source: Source): IRunChanges {
  const trans = useTranslation();
  const actions = useActions();
  const back = useRef<(() => Promise<void>) | null>(null);
  const act = async (action: string, body: object): Promise<void> => {
    await host.act(source, action, body);
    host.reload();
  };
  const write = (runId: string, key: string, value: string | null): Promise<void> =>
    value === null
      ? act('delete_run_tag', { run_id: runId, key })
      : act('set_run_tag', { run_id: runId, key, value });
  const make = (work: () => Promise<void>, takeBack: () => Promise<void>, done: string): void => {
    void actions.run(work, done, true).then(isDone => {
      if (isDone) {
        back.current = takeBack;
      }
    });
  };
  return {
    actions,
    make,
    setTag: (row, key, value) => {
      const old = row.cell(`tags.${key}`);
      const before = typeof old === 'string' ? old : null;
      make(
        () => write(row.runId, key, value),
        () => write(row.runId, key, before),
        value === null ? trans.__('Removed from %1', row.name) : trans.__('Saved for %1', row.name)
      );
    },
    remove: row =>
      make(
        () => act('delete_run', { run_id: row.runId }),
        () => act('restore_run', { run_id: row.runId }),
        trans.__('Deleted %1', row.name)
      ),
    undo: () => {
      const { current } = back;
      if (current !== null) {
        back.current = null;
        void actions.run(current, trans.__('Taken back'));
      }
    }
  };
}
