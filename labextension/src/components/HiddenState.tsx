import type { ReactElement } from 'react';
import { HIDDEN_STATE, tagOf } from './keys';
import { useTranslation } from './translation';
import type { IEntry } from './types';

/** What makes a run hard to make again: names that its notebook no longer gives it. */
export function HiddenState({ tags }: { tags: IEntry[] }): ReactElement | null {
  const trans = useTranslation();
  const lines = tagOf(tags, HIDDEN_STATE).split('\n').filter(Boolean);
  return <Warnings lines={lines.map(line => trans.__('Hidden state: %1.', line))} />;
}

export function Warnings({ lines }: { lines: string[] }): ReactElement | null {
  const trans = useTranslation();
  return lines.length === 0 ? null : (
    <ul className="jp-mlops-warnings" aria-label={trans.__('Warnings')} data-testid="mlops-warnings">
      {lines.map(line => (
        <li key={line}>
          <span aria-hidden="true">⚠</span> {line}
        </li>
      ))}
    </ul>
  );
}
