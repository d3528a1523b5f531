import { useEffect, useRef, useState } from 'react';
import { said } from './errors';

export interface IAnswer<T> {
  data: T | null;
  problem: string | null;
  pending: boolean;
}

/**
 * The answer to the question asked last. What is shown stays until the next answer is here, unless
 * that is about something else. Nothing is asked where the question is null.
 */
export function useAnswer<T>(ask: (() => Promise<T>) | null, about: string, stamp: number): IAnswer<T> {
  const [answer, setAnswer] = useState<IAnswer<T> & { about: string }>({ ...NOTHING, about });
  const latest = useRef(ask);
  latest.current = ask;
  const wanted = ask !== null;
  useEffect(() => {
    if (!wanted) {
      return;
    }
    let late = false;
    latest.current?.().then(
      data => !late && setAnswer({ data, problem: null, pending: false, about }),
      (error: unknown) => !late && setAnswer({ data: null, problem: said(error), pending: false, about })
    );
    return () => {
      late = true;
    };
  }, [wanted, about, stamp]);
  return wanted && answer.about === about ? answer : { ...NOTHING, pending: wanted };
}

const NOTHING = { data: null, problem: null, pending: true };
