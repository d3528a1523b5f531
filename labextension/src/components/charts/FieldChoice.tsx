import type { ReactElement } from 'react';
import { useTranslation, type ITranslate } from '../translation';
import type { IField } from './types';

interface IProps {
  label: string;
  value: string;
  fields: IField[];
  /** What is said for no field, where that can be chosen. */
  none?: string;
  testid?: string;
  onChoice(value: string): void;
}

/** One param, metric, tag or attribute of the runs. */
export function FieldChoice({ label, value, fields, none, testid, onChoice }: IProps): ReactElement {
  const trans = useTranslation();
  const groups = [...new Set(fields.map(field => field.group))];
  return (
    <label className="jp-mlops-choice">
      <span className="jp-mlops-quiet">{label}</span>
      <select value={value} data-testid={testid} onChange={event => onChoice(event.target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {groups.map(group => (
          <optgroup key={group} label={groupName(group, trans)}>
            {fields
              .filter(field => field.group === group)
              .map(field => (
                <option key={field.id} value={field.id}>
                  {fieldName(field, trans)}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function groupName(group: string, trans: ITranslate): string {
  const names: { [group: string]: string } = {
    params: trans.__('Parameters'),
    metrics: trans.__('Metrics'),
    tags: trans.__('Tags'),
    attributes: trans.__('Run')
  };
  return names[group] ?? group;
}

export function fieldName({ group, label }: IField, trans: ITranslate): string {
  const names: { [label: string]: string } = {
    duration: trans.__('Duration (s)'),
    start_time: trans.__('Start'),
    status: trans.__('Status'),
    user_id: trans.__('User'),
    experiment: trans.__('Experiment')
  };
  return group === 'attributes' ? (names[label] ?? label) : label;
}
