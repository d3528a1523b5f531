import { useTranslation } from '../translation';
import type { IModelsHost } from './types';
import type { IActions } from '../useActions';

/** The changes of texts and tags; `version` is null for the model itself. */
export interface IEditing {
  /** Why nothing can be changed; null when it can. */
  locked: string | null;
  describe(version: string | null, description: string): Promise<boolean>;
  setTag(version: string | null, key: string, value: string): Promise<boolean>;
  deleteTag(version: string | null, key: string): Promise<boolean>;
}

export function useEditing(
  host: IModelsHost,
  name: string,
  actions: IActions,
  locked: string | null
): IEditing {
  const trans = useTranslation();
  const of = (version: string | null): object => (version === null ? { name } : { name, version });
  return {
    locked,
    describe: (version, description) =>
      actions.run(
        () => host.act('describe', { ...of(version), description }),
        trans.__('The description is saved')
      ),
    setTag: (version, key, value) =>
      actions.run(
        () => host.act('set_tag', { ...of(version), key, value }),
        trans.__('The tag %1 is saved', key)
      ),
    deleteTag: (version, key) =>
      actions.run(
        () => host.act('delete_tag', { ...of(version), key }),
        trans.__('The tag %1 is removed', key)
      )
  };
}
