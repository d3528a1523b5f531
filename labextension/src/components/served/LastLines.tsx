import { useEffect, useMemo, useRef, type ReactElement } from 'react';
import { numberedLines } from '../runs/ansi';
import { useTranslation } from '../translation';

/** What server and model wrote last, in its colours; the end stays in sight. */
export function LastLines({ log, isOpen }: { log: string; isOpen: boolean }): ReactElement | null {
  const trans = useTranslation();
  const place = useRef<HTMLPreElement>(null);
  const lines = useMemo(() => numberedLines(log), [log]);
  useEffect(() => {
    if (place.current !== null) {
      place.current.scrollTop = place.current.scrollHeight;
    }
  }, [log]);
  if (log === '') {
    return null;
  }
  const last = lines[lines.length - 1]?.pieces.map(({ text }) => text).join('');
  return (
    <details className="jp-mlops-log" open={isOpen || undefined}>
      <summary className="jp-mlops-quiet">
        {trans.__('Log')} <span className="jp-mlops-log-last jp-mlops-clip">{last}</span>
      </summary>
      <pre ref={place} role="group" tabIndex={0} aria-label={trans.__('Log')}>
        {lines.map(({ number, pieces }) => (
          <div key={number}>
            {pieces.map(({ text, look }, at) => (
              <span key={at} data-look={look || undefined}>
                {text}
              </span>
            ))}
          </div>
        ))}
      </pre>
    </details>
  );
}
