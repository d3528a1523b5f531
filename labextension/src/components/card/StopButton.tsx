import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';

const ANSWERS_MS = 10000;

interface IProps {
  onStop: () => Promise<void>;
  /** What is ended; a run by default. */
  title?: string;
}

/** Interrupts the kernel, or ends a program. Code may go on nevertheless, so the button comes back when nothing happens. */
export function StopButton({ onStop, title }: IProps): ReactElement {
  const trans = useTranslation();
  const [stopping, setStopping] = useState(false);
  useEffect(() => {
    if (!stopping) {
      return;
    }
    const timer = window.setTimeout(() => setStopping(false), ANSWERS_MS);
    return () => window.clearTimeout(timer);
  }, [stopping]);
  const stop = (): void => {
    setStopping(true);
    onStop().catch(() => setStopping(false));
  };
  return (
    <button
      type="button"
      className="jp-mlops-button jp-mlops-stop"
      title={title ?? trans.__('Stop what runs here; the run ends as stopped')}
      aria-disabled={stopping}
      onClick={stopping ? undefined : stop}
    >
      <svg viewBox="0 0 10 10" width="9" height="9" aria-hidden="true">
        <rect width="10" height="10" rx="1.5" fill="currentColor" />
      </svg>
      {stopping ? trans.__('Stopping…') : trans.__('Stop')}
    </button>
  );
}
