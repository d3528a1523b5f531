import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IField, Value } from './types';
import { typedNumber } from './values';

interface IProps {
  field: IField;
  value: Value | undefined;
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
  onValue(value: Value): void;
}

/** A box for any number, and a slider over the numbers that the example has. */
export function NumberField({ field, value, id, describedBy, invalid, onValue }: IProps): ReactElement {
  const trans = useTranslation();
  const [typed, setTyped] = useState(shown(value));
  // What is typed stays as it is typed; what comes from elsewhere replaces it.
  useEffect(() => setTyped(now => (typedNumber(now) === (value ?? null) ? now : shown(value))), [value]);
  const { least, most, step } = field;
  const hasRange = least !== null && most !== null && least < most;
  const outside = hasRange && typeof value === 'number' && (value < least || value > most);
  return (
    <>
      {hasRange && (
        <input
          type="range"
          className="jp-mlops-slider"
          min={least}
          max={most}
          step={step ?? 'any'}
          value={typeof value === 'number' ? value : least}
          aria-label={trans.__('%1, from %2 to %3', field.label, least, most)}
          style={{ ['--jp-mlops-share' as string]: `${share(value, least, most)}%` }}
          onChange={event => onValue(Number(event.target.value))}
        />
      )}
      <input
        id={id}
        type="text"
        inputMode="decimal"
        className="jp-mlops-input jp-mlops-number"
        value={typed}
        autoComplete="off"
        aria-invalid={invalid}
        aria-describedby={describedBy}
        data-outside={outside || undefined}
        title={outside ? trans.__('Outside of the example: %1 to %2', least, most) : undefined}
        onChange={event => {
          setTyped(event.target.value);
          onValue(typedNumber(event.target.value));
        }}
      />
    </>
  );
}

function shown(value: Value | undefined): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

function share(value: Value | undefined, least: number, most: number): number {
  const at = typeof value === 'number' ? value : least;
  return Math.min(100, Math.max(0, ((at - least) / (most - least)) * 100));
}
