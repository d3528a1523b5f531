/** What a person has chosen for all views of a page. */
import { useSyncExternalStore } from 'react';
import { dict, number } from './parse';
import { Observed } from './Observed';

export const PALETTES = ['okabe-ito', 'tol-bright', 'tol-vibrant'] as const;
export const DENSITIES = ['comfortable', 'compact'] as const;

export interface IPreferences {
  /** The key or the location of the store that is shown first; empty: the server's own. */
  readonly store: string;
  readonly refreshSeconds: number;
  /** What a table of runs shows at first, a `*` at the end stands for anything; empty: everything. */
  readonly defaultColumns: readonly string[];
  readonly palette: (typeof PALETTES)[number];
  readonly density: (typeof DENSITIES)[number];
  readonly confirmDelete: boolean;
  readonly notify: boolean;
  readonly notifyAfterSeconds: number;
}

export const DEFAULTS: IPreferences = {
  store: '',
  refreshSeconds: 2,
  defaultColumns: [],
  palette: 'okabe-ito',
  density: 'comfortable',
  confirmDelete: true,
  notify: true,
  notifyAfterSeconds: 60
};

/** Of what a file of settings holds, what can be used; the rest is as if nobody had chosen. */
export function readPreferences(value: unknown): IPreferences {
  const given = dict(value);
  const flag = (name: 'confirmDelete' | 'notify'): boolean => {
    const one = given[name];
    return typeof one === 'boolean' ? one : DEFAULTS[name];
  };
  const seconds = (name: 'refreshSeconds' | 'notifyAfterSeconds', least: number): number => {
    const one = number(given[name]);
    return one === null ? DEFAULTS[name] : Math.max(least, one);
  };
  const columns = given.defaultColumns;
  return {
    store: typeof given.store === 'string' ? given.store.trim() : DEFAULTS.store,
    refreshSeconds: Math.min(3600, seconds('refreshSeconds', 1)),
    defaultColumns: Array.isArray(columns)
      ? columns.filter((one): one is string => typeof one === 'string')
      : [],
    palette: PALETTES.find(one => one === given.palette) ?? DEFAULTS.palette,
    density: DENSITIES.find(one => one === given.density) ?? DEFAULTS.density,
    confirmDelete: flag('confirmDelete'),
    notify: flag('notify'),
    notifyAfterSeconds: seconds('notifyAfterSeconds', 0)
  };
}

/** Keeps what is chosen and tells of each change. */
class PreferenceStore extends Observed {
  current = DEFAULTS;

  set(next: IPreferences): void {
    this.current = next;
    this.tell();
  }

  readonly get = (): IPreferences => this.current;
}

/** One for the page: a host that knows choices sets them, elsewhere the defaults hold. */
export const preferences = new PreferenceStore();

export function usePreferences(): IPreferences {
  return useSyncExternalStore(preferences.subscribe, preferences.get);
}
