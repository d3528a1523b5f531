import type { ReactElement } from 'react';
import { useTranslation } from '../translation';

interface IProps {
  /** 0: as it was logged. */
  value: number;
  testid: string;
  onChange(value: number): void;
}

/** How far a curve is smoothed. */
export function Smoothing({ value, testid, onChange }: IProps): ReactElement {
  const trans = useTranslation();
  return (
    <label className="jp-mlops-choice">
      <span className="jp-mlops-quiet">{trans.__('Smoothing')}</span>
      <input
        type="range"
        min={0}
        max={0.99}
        step={0.01}
        value={value}
        data-testid={testid}
        onChange={event => onChange(Number(event.target.value))}
      />
      <output className="jp-mlops-smoothing">{value.toFixed(2)}</output>
    </label>
  );
}
