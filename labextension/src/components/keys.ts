/** Keys of tags and metrics that have a meaning of their own. */
import type { IEntry } from './types';

/** The description of a run. */
export const NOTE = 'mlflow.note.content';
export const ERROR = 'jupyter_mlops.error';
export const ALERTS = 'jupyter_mlops.alerts';
export const HIDDEN_STATE = 'jupyter_mlops.hidden_state';
export const NOTEBOOK = 'jupyter_mlops.notebook';
export const PACKAGES = 'jupyter_mlops.packages';
export const ARCHIVED = 'jupyter_mlops.archived';

const SYSTEM_TAG = /^(mlflow|mlops|jupyter_mlops)\./;
const SYSTEM_METRIC = 'system/';

/** What a tag says; empty where there is none. */
export function tagOf(tags: readonly IEntry[], key: string): string {
  return tags.find(one => one.key === key)?.value ?? '';
}

/** Tags that the package itself writes, of interest seldom and some of them long, apart from the user's own. */
export function sortedTags(tags: IEntry[]): { own: IEntry[]; system: IEntry[] } {
  return {
    own: tags.filter(({ key }) => !SYSTEM_TAG.test(key)),
    system: tags.filter(({ key }) => SYSTEM_TAG.test(key))
  };
}

/** Whether a metric is of the machine. */
export function isSystem(metric: string): boolean {
  return metric.startsWith(SYSTEM_METRIC);
}
