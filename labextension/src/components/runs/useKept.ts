import { useRef } from 'react';
import type { IAnswer } from '../useAnswer';

/** The last answer about the same thing: a question that failed or waits does not take it away, nor what is typed below it. */
export function useKept<T>(answer: IAnswer<T>, about: string): T | null {
  const kept = useRef<{ about: string; data: T } | null>(null);
  if (answer.data !== null) {
    kept.current = { about, data: answer.data };
  }
  return kept.current?.about === about ? kept.current.data : null;
}
