import type { IEntry } from './types';

const SYSTEM_TAG = /^(mlflow|mlops|jupyter_mlops)\./;

/** Tags that the package itself writes, of interest seldom and some of them long, apart from the user's own. */
export function sortedTags(tags: IEntry[]): { own: IEntry[]; system: IEntry[] } {
  return {
    own: tags.filter(({ key }) => !SYSTEM_TAG.test(key)),
    system: tags.filter(({ key }) => SYSTEM_TAG.test(key))
  };
}
