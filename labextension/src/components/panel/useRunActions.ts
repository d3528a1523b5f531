import { useRef } from 'react';
import { said } from '../errors';
import { ARCHIVED } from '../keys';
import { dict } from '../parse';
import { useTranslation } from '../translation';
import { useActions, type IActions } from '../useActions';
import type { IListedRun, IPanelHost, IStoreHost } from './types';

type Runs = readonly IListedRun[];

export interface IRunActions {
  actions: IActions;
  rename(run: IListedRun, name: string): void;
  tag(runs: Runs, key: string, value: string): void;
  archive(runs: Runs, isArchived: boolean): void;
  remove(runs: Runs): void;
  restore(runs: Runs): void;
  stop(run: IListedRun): void;
  copy(runs: Runs): void;
  undo(): void;
}

/** Changes of runs, each of which can be taken back, and told of in one line. */
export function useRunActions(host: IStoreHost, panel: IPanelHost, changed: () => void): IRunActions {
  const trans = useTranslation();
  const actions = useActions();
  const back = useRef<(() => Promise<unknown>) | null>(null);
  const make = (work: () => Promise<() => Promise<unknown>>, done: string): void => {
    let takeBack: (() => Promise<unknown>) | null = null;
    void actions
      .run(async () => (takeBack = await work()), done, true)
      .then(isDone => {
        if (isDone) {
          back.current = takeBack;
        }
        changed();
      });
  };
  const names = (runs: Runs): string =>
    runs.length === 1 ? (runs[0]?.name ?? '') : trans._n('%1 run', '%1 runs', runs.length);
  const tagged = (runs: Runs, key: string, value: string | null): Promise<unknown> =>
    host.act('tag_runs', { run_ids: runs.map(idOf), key, value });
  const restored = (runs: Runs): Promise<unknown> => host.act('restore_runs', { run_ids: runs.map(idOf) });
  const deleted = (runs: Runs): Promise<unknown> => host.act('delete_runs', { run_ids: runs.map(idOf) });
  return {
    actions,
    rename: (run, name) =>
      make(
        async () => {
          await host.act('rename_run', { run_id: run.runId, name });
          return () => host.act('rename_run', { run_id: run.runId, name: run.name });
        },
        trans.__('Renamed to %1', name)
      ),
    tag: (runs, key, value) =>
      make(
        async () => {
          const before = Object.entries(dict(dict(await tagged(runs, key, value)).before));
          return async () => {
            for (const old of new Set(before.map(([, one]) => one))) {
              const ids = before.filter(([, one]) => one === old).map(([runId]) => runId);
              await host.act('tag_runs', { run_ids: ids, key, value: old });
            }
          };
        },
        trans.__('Tagged %1', names(runs))
      ),
    archive: (runs, isArchived) =>
      make(
        async () => {
          await tagged(runs, ARCHIVED, isArchived ? 'true' : null);
          return () => tagged(runs, ARCHIVED, isArchived ? null : 'true');
        },
        isArchived ? trans.__('Archived %1', names(runs)) : trans.__('%1 is back in the list', names(runs))
      ),
    remove: runs =>
      make(
        async () => {
          await deleted(runs);
          return () => restored(runs);
        },
        trans.__('Deleted %1', names(runs))
      ),
    restore: runs =>
      make(
        async () => {
          await restored(runs);
          return () => deleted(runs);
        },
        trans.__('Restored %1', names(runs))
      ),
    stop: run => {
      actions.say(null);
      panel.stop(run).then(
        text => actions.say({ kind: 'done', text, undo: false }),
        (error: unknown) => actions.say({ kind: 'problem', text: said(error), undo: false })
      );
    },
    copy: runs =>
      void actions.run(
        () => host.copy(runs.map(idOf).join('\n')),
        trans._n('Copied the id', 'Copied %1 ids', runs.length)
      ),
    undo: () => {
      const { current } = back;
      back.current = null;
      if (current !== null) {
        void actions.run(current, trans.__('Taken back')).then(changed);
      }
    }
  };
}

const idOf = (run: IListedRun): string => run.runId;
