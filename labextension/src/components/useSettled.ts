import { useEffect, useState } from 'react';

const TYPING_MS = 250;

/** The text a moment after the last key, or whatever moves fast: a store need not be asked every time. */
export function useSettled<T>(typed: T): T {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(typed), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return settled;
}
