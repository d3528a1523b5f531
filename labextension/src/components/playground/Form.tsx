import { useState, type ReactElement } from 'react';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { Field } from './Field';
import type { IField, IForm, IOutcome, IPlaygroundState, IValues, Value } from './types';
import { same } from './values';

/** More fields than this are searched. */
const MANY = 14;

interface IProps {
  form: IForm;
  state: IPlaygroundState;
  alive: boolean;
  busy: boolean;
  ready: boolean;
  onValue(group: 'values' | 'params', name: string, value: Value): void;
  onFile(name: string, file: File): void;
  onPredict(): void;
}

export function Form(props: IProps): ReactElement {
  const { form, state, alive, busy, ready, onValue, onFile, onPredict } = props;
  const trans = useTranslation();
  const [search, setSearch] = useState('');
  const fields = form.fields.filter(field => field.label.toLowerCase().includes(search.toLowerCase()));
  const line = (field: IField, group: 'values' | 'params'): ReactElement => (
    <Field
      key={field.name}
      field={field}
      group={group}
      value={state[group][field.name]}
      problem={problemOf(state.outcome, group, field.name, state[group])}
      alive={alive}
      onValue={onValue}
      onFile={onFile}
    />
  );
  return (
    <form
      className="jp-mlops-form"
      aria-label={trans.__('Input of the model')}
      noValidate
      onKeyDown={event => {
        // The notebook takes Enter for a command, so the browser never gets to submit the form.
        const isLine = event.target instanceof HTMLInputElement && event.target.type !== 'file';
        if (event.key === 'Enter' && !event.shiftKey && isLine && alive && ready && !busy) {
          event.preventDefault();
          event.stopPropagation();
          onPredict();
        }
      }}
      onSubmit={event => {
        event.preventDefault();
        onPredict();
      }}
    >
      {form.notes.map(note => (
        <p key={note} className="jp-mlops-note">
          {note}
        </p>
      ))}
      {form.fields.length > MANY && (
        <SearchBox
          value={search}
          label={trans.__('Search %1 inputs', form.fields.length)}
          testid="mlops-field-search"
          onChange={setSearch}
        />
      )}
      <div className="jp-mlops-fields">{fields.map(field => line(field, 'values'))}</div>
      {form.params.length > 0 && (
        <fieldset className="jp-mlops-fields">
          <legend>{trans.__('Params')}</legend>
          {form.params.map(field => line(field, 'params'))}
        </fieldset>
      )}
      <div className="jp-mlops-form-end">
        <button
          type="submit"
          className="jp-mlops-button"
          data-kind="accept"
          data-testid="mlops-predict"
          disabled={!alive || !ready || busy}
        >
          {busy ? trans.__('Predicting…') : trans.__('Predict')}
        </button>
        {!alive && <span className="jp-mlops-quiet">{trans.__('Run the cell again to predict.')}</span>}
      </div>
    </form>
  );
}

/** A message stands as long as the value that it is about. */
function problemOf(
  outcome: IOutcome | null,
  group: 'values' | 'params',
  name: string,
  now: IValues
): string | undefined {
  const wrong = group === 'values' ? outcome?.wrong : outcome?.wrongParams;
  return wrong && name in wrong && same(outcome?.[group][name], now[name]) ? wrong[name] : undefined;
}
