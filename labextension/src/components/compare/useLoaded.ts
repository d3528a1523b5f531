import { useEffect, useState } from 'react';
import type { ICompareHost, ILoaded } from '../types';

/** The snapshot at once, and better data as soon as it comes. */
export function useLoaded(host: ICompareHost, stamp: number): ILoaded & { pending: boolean } {
  const [loaded, setLoaded] = useState<ILoaded & { pending: boolean }>({
    data: host.bundle.snapshot,
    source: 'snapshot',
    problem: null,
    pending: true
  });
  useEffect(() => {
    let late = false;
    host.load().then(answer => {
      if (!late) {
        setLoaded({ ...answer, pending: false });
      }
    });
    return () => {
      late = true;
    };
  }, [host, stamp]);
  return loaded;
}
