import { useEffect, useState, type ReactElement } from 'react';
import { formatClock, formatDuration, formatTime } from '../formats';
import { useTranslation } from '../translation';
import type { ICardRun } from './types';

/** Ticks by itself while the run goes on: a cell that logs nothing for a minute still shows that it lives. */
export function Elapsed({ run, ticking }: { run: ICardRun; ticking: boolean }): ReactElement {
  const trans = useTranslation();
  const [base, setBase] = useState({ elapsed: run.elapsed, at: Date.now() });
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setBase({ elapsed: run.elapsed, at: Date.now() });
    setNow(Date.now());
  }, [run.elapsed, run.status]);
  useEffect(() => {
    if (!ticking) {
      return;
    }
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, [ticking]);
  const title = run.startTime === null ? undefined : trans.__('Started %1', formatTime(run.startTime));
  return (
    <time className="jp-mlops-elapsed" title={title}>
      {ticking ? formatClock(base.elapsed + Math.max(0, now - base.at) / 1000) : formatDuration(run.elapsed)}
    </time>
  );
}
