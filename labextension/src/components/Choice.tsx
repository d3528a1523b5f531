import type { ReactElement } from 'react';

interface IProps {
  label: string;
  value: string;
  /** Values and what is said for them. */
  options: readonly (readonly [string, string])[];
  testid?: string;
  onChoice(value: string): void;
}

/** One of a few things to choose from, with its name before it. */
export function Choice({ label, value, options, testid, onChoice }: IProps): ReactElement {
  return (
    <label className="jp-mlops-choice">
      <span className="jp-mlops-quiet">{label}</span>
      <select value={value} data-testid={testid} onChange={event => onChoice(event.target.value)}>
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
