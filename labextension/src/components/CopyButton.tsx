import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from './translation';

interface IProps {
  text: string;
  label: string;
  copy(text: string): Promise<void>;
}

export function CopyButton({ text, label, copy }: IProps): ReactElement {
  const trans = useTranslation();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) {
      return;
    }
    const timer = window.setTimeout(() => setDone(false), 1500);
    return () => window.clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className="jp-mlops-link"
      data-testid="mlops-copy"
      aria-live="polite"
      onClick={() => void copy(text).then(() => setDone(true))}
    >
      {done ? trans.__('Copied') : label}
    </button>
  );
}
