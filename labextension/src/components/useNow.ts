import { useEffect, useState } from 'react';

const STEP_MS = 30000;

/** The time, moved on twice a minute, for "5 minutes ago". */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), STEP_MS);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
