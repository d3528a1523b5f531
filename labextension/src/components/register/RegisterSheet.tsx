import { useEffect, useId, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { Filled, slot } from '../Filled';
import { Hint } from '../runs/Hint';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useActions } from '../useActions';
import { useAnswer } from '../useAnswer';
import { useSettled } from '../useSettled';
import type { IRegistrable, IRegistrar } from './types';

interface IProps {
  registrar: IRegistrar;
  run: { runId: string; name: string };
  /** A link to a version. */
  link(name: string, version: string, text: string): ReactElement;
  onDone(): void;
  onClose(): void;
}

/** Makes a model of a run the next version of a registered model, and says which that is. */
export function RegisterSheet({ registrar, run, link, onDone, onClose }: IProps): ReactElement {
  const trans = useTranslation();
  const titleId = useId();
  const [made, setMade] = useState<[name: string, version: string] | null>(null);
  const logged = useAnswer(() => registrar.logged(run.runId), run.runId, 0);
  return (
    <section
      role="dialog"
      className="jp-mlops-sheet"
      data-testid="mlops-register-sheet"
      aria-labelledby={titleId}
      aria-busy={logged.pending}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Escape') {
          onClose();
        }
      }}
    >
      <h3 id={titleId}>{trans.__('Register a model of %1', run.name)}</h3>
      <Trouble problem={logged.problem} pending={logged.pending} />
      {logged.data?.length === 0 && (
        <p>
          <Hint
            text={trans.__('This run logged no model. Log one with')}
            code='log_model(model, name="model")'
          />
        </p>
      )}
      {made === null && logged.data !== null && logged.data.length > 0 ? (
        <Choice
          registrar={registrar}
          runId={run.runId}
          models={logged.data}
          onMade={(name, version) => {
            setMade([name, version]);
            onDone();
          }}
          onClose={onClose}
        />
      ) : (
        <>
          {made !== null && (
            <p role="status" data-testid="mlops-registered">
              <Filled
                text={trans.__('It is %1.', slot(0))}
                parts={[link(made[0], made[1], trans.__('version %1 of %2', made[1], made[0]))]}
              />
            </p>
          )}
          <div className="jp-mlops-sheet-buttons">
            <button type="button" className="jp-mlops-button" autoFocus onClick={onClose}>
              {trans.__('Close')}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

interface IChoice {
  registrar: IRegistrar;
  runId: string;
  models: IRegistrable[];
  onMade(name: string, version: string): void;
  onClose(): void;
}

function Choice({ registrar, runId, models, onMade, onClose }: IChoice): ReactElement {
  const trans = useTranslation();
  const listId = useId();
  const [uri, setUri] = useState(models[0]?.uri ?? '');
  const [typed, setTyped] = useState('');
  const actions = useActions();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const search = useSettled(typed).trim();
  const offered = useAnswer(() => registrar.names(search), search, 0);
  const name = typed.trim();
  const go = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    let version = '';
    if (
      name !== '' &&
      (await actions.run(async () => (version = await registrar.register(name, uri, runId)), ''))
    ) {
      onMade(name, version);
    }
  };
  return (
    <form onSubmit={event => void go(event)}>
      <label className="jp-mlops-sheet-field">
        <span>{trans.__('Model')}</span>
        <select
          className="jp-mlops-input"
          value={uri}
          data-testid="mlops-register-which"
          onChange={event => setUri(event.target.value)}
        >
          {models.map(one => (
            <option key={one.uri} value={one.uri}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <label className="jp-mlops-sheet-field">
        <span>{trans.__('Registered as')}</span>
        <input
          ref={field}
          type="text"
          className="jp-mlops-input"
          list={listId}
          value={typed}
          spellCheck={false}
          placeholder={trans.__('A new name, or one that is there')}
          data-testid="mlops-register-name"
          onChange={event => {
            setTyped(event.target.value);
            actions.say(null);
          }}
        />
      </label>
      <datalist id={listId}>
        {offered.data?.map(one => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <Trouble problem={actions.status?.kind === 'problem' ? actions.status.text : null} />
      <div className="jp-mlops-sheet-buttons">
        <button type="button" className="jp-mlops-button" onClick={onClose}>
          {trans.__('Cancel')}
        </button>
        <button
          type="submit"
          className="jp-mlops-button"
          data-kind="accept"
          data-testid="mlops-register-ok"
          disabled={name === '' || actions.busy}
        >
          {trans.__('Register')}
        </button>
      </div>
    </form>
  );
}
