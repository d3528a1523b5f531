import type { ReactElement } from 'react';

interface IProps {
  label: string;
  checked: boolean;
  testid?: string;
  onChange(checked: boolean): void;
}

export function Check({ label, checked, testid, onChange }: IProps): ReactElement {
  return (
    <label className="jp-mlops-check">
      <input
        type="checkbox"
        checked={checked}
        data-testid={testid}
        onChange={event => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}

/** Which axes are logarithmic, as Python has it. */
export function logAxes(x: boolean, y: boolean): string {
  return (x ? 'x' : '') + (y ? 'y' : '');
}
