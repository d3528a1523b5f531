import { useEffect, useState } from 'react';
import { said } from '../errors';
import type { ICompareHost, ICurves, XAxis } from '../types';
import type { Source } from '../views';

interface IAnswer {
  curves: ICurves | null;
  problem: string | null;
}

/** The curves asked for last; the former ones stay until the new ones are here. */
export function useCurves(
  host: ICompareHost,
  source: Source,
  stamp: number,
  runs: string[],
  key: string | null,
  x: XAxis
): IAnswer {
  const [answer, setAnswer] = useState<IAnswer>({ curves: null, problem: null });
  const wanted = runs.join(' ');
  useEffect(() => {
    if (source === 'snapshot' || wanted === '') {
      return;
    }
    let late = false;
    host.curves(source, wanted.split(' '), key, x).then(
      curves => !late && setAnswer({ curves, problem: null }),
      (error: unknown) =>
        !late &&
        setAnswer(({ curves }) => ({
          curves,
          problem: said(error)
        }))
    );
    return () => {
      late = true;
    };
  }, [host, source, stamp, wanted, key, x]);
  return answer;
}
