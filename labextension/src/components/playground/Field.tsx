import { memo, useId, type ReactElement } from 'react';
import { useTranslation, type ITranslate } from '../translation';
import { FileDrop } from './FileDrop';
import { NumberField } from './NumberField';
import type { IField, Value } from './types';
import { isFile, pickerTime } from './values';

interface IProps {
  field: IField;
  group: 'values' | 'params';
  value: Value | undefined;
  problem: string | undefined;
  /** Whether files can be sent. */
  alive: boolean;
  onValue(group: 'values' | 'params', name: string, value: Value): void;
  onFile(name: string, file: File): void;
}

/** A label with the type, the control for it, and what is wrong with its value. */
export const Field = memo(function Field(props: IProps): ReactElement {
  const { field, problem } = props;
  const trans = useTranslation();
  const id = useId();
  const wide = ['json', 'free', 'datetime'].includes(field.kind);
  return (
    <div
      className="jp-mlops-field"
      data-testid="mlops-field"
      data-name={field.name}
      data-kind={field.kind}
      data-wide={wide || undefined}
    >
      <label htmlFor={id} title={`${field.label}: ${field.type}`}>
        <span>{field.label}</span>
        <span className="jp-mlops-type jp-mlops-clip">
          {field.required ? field.type : trans.__('%1, optional', field.type)}
        </span>
      </label>
      <div className="jp-mlops-control">
        <Control {...props} id={id} describedBy={problem === undefined ? undefined : `${id}-problem`} />
      </div>
      {problem !== undefined && (
        <div
          className="jp-mlops-field-error"
          data-testid="mlops-field-error"
          id={`${id}-problem`}
          role="alert"
        >
          {problem}
        </div>
      )}
    </div>
  );
});

function Control(props: IProps & { id: string; describedBy: string | undefined }): ReactElement {
  const { field, group, value, problem, alive, id, describedBy, onValue, onFile } = props;
  const trans = useTranslation();
  const set = (one: Value): void => onValue(group, field.name, one);
  const shared = { id, 'aria-invalid': problem !== undefined, 'aria-describedby': describedBy };
  const written = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  switch (field.kind) {
    case 'number':
    case 'integer':
      return (
        <NumberField
          field={field}
          value={value}
          id={id}
          describedBy={describedBy}
          invalid={problem !== undefined}
          onValue={set}
        />
      );
    case 'choice':
      return <Choice {...shared} field={field} value={written} onValue={set} />;
    case 'boolean':
      return field.required ? (
        <input
          {...shared}
          type="checkbox"
          checked={value === true}
          onChange={event => set(event.target.checked)}
        />
      ) : (
        <Choice
          {...shared}
          field={{ ...field, options: ['true', 'false'] }}
          value={typeof value === 'boolean' ? String(value) : ''}
          onValue={one => set(one === null ? null : one === 'true')}
        />
      );
    case 'datetime':
      return (
        <input
          {...shared}
          type="datetime-local"
          step="1"
          className="jp-mlops-input"
          value={pickerTime(value)}
          onChange={event => set(event.target.value || null)}
        />
      );
    case 'json':
    case 'free':
      return (
        <textarea
          {...shared}
          className="jp-mlops-input jp-mlops-code"
          rows={field.kind === 'free' ? 10 : 2}
          spellCheck={false}
          value={written}
          onChange={event => set(event.target.value)}
        />
      );
    case 'file':
      return (
        <FileDrop
          accept={field.shape === null ? '' : '.npy,image/*'}
          label={trans.__('File for %1', field.label)}
          testid="mlops-file"
          disabled={!alive}
          onFile={file => onFile(field.name, file)}
        >
          <FileText value={value} field={field} trans={trans} />
        </FileDrop>
      );
    default:
      return <TextBox {...shared} field={field} value={written} onValue={set} />;
  }
}

interface IBox {
  id: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
  field: IField;
  value: string;
  onValue(value: string | null): void;
}

function TextBox({ field, value, onValue, ...shared }: IBox): ReactElement {
  const suggestions = field.options.length > 0 ? `${shared.id}-options` : undefined;
  return (
    <>
      <input
        {...shared}
        type="text"
        className="jp-mlops-input"
        value={value}
        list={suggestions}
        onChange={event => onValue(event.target.value)}
      />
      {suggestions !== undefined && (
        <datalist id={suggestions}>
          {field.options.map(option => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </>
  );
}

function Choice({ field, value, onValue, ...shared }: IBox): ReactElement {
  const options = field.options.includes(value) || value === '' ? field.options : [value, ...field.options];
  return (
    <select
      {...shared}
      className="jp-mlops-select"
      value={value}
      onChange={event => onValue(event.target.value === '' ? null : event.target.value)}
    >
      {(!field.required || value === '') && <option value="">–</option>}
      {options.map(option => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  );
}

function FileText(props: { value: Value | undefined; field: IField; trans: ITranslate }): ReactElement {
  const { value, field, trans } = props;
  if (!isFile(value)) {
    return (
      <span className="jp-mlops-quiet">
        {field.shape === null ? trans.__('Drop a file') : trans.__('Drop a .npy file or an image')}
      </span>
    );
  }
  const size = value.shape === null ? trans.__('%1 bytes', value.bytes ?? 0) : value.shape.join(' × ');
  return (
    <>
      <span className="jp-mlops-clip">{value.file}</span> <span className="jp-mlops-quiet">{size}</span>
    </>
  );
}
