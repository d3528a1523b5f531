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
