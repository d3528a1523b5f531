import { useEffect, useState } from 'react';

const STEP_MS = 30000;

/** The time, moved on twice a minute, for "5 minutes ago"; or as often as is said, null for no more. */
export function useNow(stepMs: number | null = STEP_MS): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (stepMs === null) {
      return;
    }
    const timer = window.setInterval(() => setNow(Date.now()), stepMs);
    return () => window.clearInterval(timer);
  }, [stepMs]);
  return now;
}
