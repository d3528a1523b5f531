import { NOTE } from '../keys';
import { useTranslation } from '../translation';
import { useActions, type IActions } from '../useActions';
import type { IRunsHost } from './types';

/** The changes of a run that its page makes. */
export interface IRunEdits {
  actions: IActions;
  rename(name: string): Promise<boolean>;
  describe(text: string): Promise<boolean>;
  setTag(key: string, value: string): Promise<boolean>;
  deleteTag(key: string): Promise<boolean>;
  remove(): Promise<boolean>;
  restore(): Promise<boolean>;
  /** The run was changed by other means. */
  done(): void;
}

/** `done` is called after each, for the run to be read again. */
export function useRunEdits(host: IRunsHost, runId: string, done: () => void): IRunEdits {
  const trans = useTranslation();
  const actions = useActions();
  const act = async (action: string, body: object, said: string, undo = false): Promise<boolean> => {
    const made = await actions.run(() => host.act(action, { run_id: runId, ...body }), said, undo);
    if (made) {
      done();
    }
    return made;
  };
  return {
    actions,
    rename: name => act('rename_run', { name }, trans.__('The run is renamed')),
    describe: text =>
      text === ''
        ? act('delete_run_tag', { key: NOTE }, trans.__('The description is removed'))
        : act('set_run_tag', { key: NOTE, value: text }, trans.__('The description is saved')),
    setTag: (key, value) => act('set_run_tag', { key, value }, trans.__('The tag %1 is saved', key)),
    deleteTag: key => act('delete_run_tag', { key }, trans.__('The tag %1 is removed', key)),
    remove: () => act('delete_run', {}, trans.__('The run is deleted'), true),
    restore: () => act('restore_run', {}, trans.__('The run is restored')),
    done
  };
}
