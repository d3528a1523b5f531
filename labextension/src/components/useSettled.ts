import { useEffect, useState } from 'react';

const TYPING_MS = 250;

/** The text a moment after the last key: a store need not search for every letter. */
export function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(typed), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return settled;
}
