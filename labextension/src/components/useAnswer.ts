import { useEffect, useRef, useState } from 'react';
import { said } from './errors';

export interface IAnswer<T> {
  data: T | null;
  /** The last answer about the same subject: a question that failed or waits does not take it away. */
  kept: T | null;
  problem: string | null;
  pending: boolean;
}

/**
 * The answer to the question asked last. What is shown stays until the next answer is here, unless
 * that is about something else; `kept` stays as long as the subject, of which `about` may be a part
 * or a page. Nothing is asked where the question is null.
 */
export function useAnswer<T>(
  ask: (() => Promise<T>) | null,
  about: string,
  stamp: number,
  subject = about
): IAnswer<T> {
  const [answer, setAnswer] = useState({ ...NOTHING, about } as ISaid<T> & { about: string });
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
  const now: ISaid<T> = wanted && answer.about === about ? answer : { ...NOTHING, pending: wanted };
  const last = useRef<{ subject: string; data: T } | null>(null);
  if (now.data !== null) {
    last.current = { subject, data: now.data };
  }
  const { data, problem, pending } = now;
  return { data, problem, pending, kept: last.current?.subject === subject ? last.current.data : null };
}

type ISaid<T> = Omit<IAnswer<T>, 'kept'>;
const NOTHING = { data: null, problem: null, pending: true };
