import { createContext, useContext } from 'react';

/** Where a run of a store is shown. */
export type RunHref = (store: string, runId: string) => string;

/** Null where the host has no place for a run. */
export const RunLinks = createContext<RunHref | null>(null);

export function useRunHref(): RunHref | null {
  return useContext(RunLinks);
}
