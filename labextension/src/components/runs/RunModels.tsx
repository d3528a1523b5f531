import { useState, type ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { formatBytes } from '../formats';
import { Predict } from '../playground/Predict';
import { useTranslation, type ITranslate } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import { CodeBox } from './CodeBox';
import { Hint } from './Hint';
import { askModels, type ILoggedModel, type ISchemaField } from './pages';
import { Section } from './Section';
import { TablePreview } from './TablePreview';
import type { IRunDetails, IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  stamp: number;
}

/** The models that a run logged: what they take and give, need and weigh, and how they are loaded. */
export function RunModels({ host, run, stamp }: IProps): ReactElement {
  const trans = useTranslation();
  const { kept: found, problem } = useAnswer(() => askModels(host, run.runId), run.runId, stamp);
  if (found === null) {
    return <Trouble problem={problem} pending />;
  }
  if (found.models.length === 0) {
    return (
      <p className="jp-mlops-empty" data-testid="mlops-no-models">
        <Hint
          text={trans.__('This run logged no model. Log one with an example of what it takes:')}
          code='mlflow.sklearn.log_model(model, name="model", input_example=X[:3])'
        />
      </p>
    );
  }
  return (
    <div className="jp-mlops-run-models">
      {found.models.map(model => (
        <Model key={model.uri} host={host} model={model} />
      ))}
      {found.total > found.models.length && (
        <p className="jp-mlops-note">
          {trans.__('The first %1 of %2 models.', found.models.length, found.total)}
        </p>
      )}
    </div>
  );
}

function Model({ host, model }: { host: IRunsHost; model: ILoggedModel }): ReactElement {
  const trans = useTranslation();
  const { signature, requirements, example } = model;
  return (
    <article className="jp-mlops-run-model" data-testid="mlops-run-model" data-model={model.name}>
      <h2>{model.name}</h2>
      <dl className="jp-mlops-facts">
        {factsOf(model, trans).map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      {model.problem !== null && <p className="jp-mlops-error">{model.problem}</p>}
      {model.problem === null && model.flavors.includes('python_function') && (
        <TryModel host={host} uri={model.uri} />
      )}
      <div className="jp-mlops-run-sections">
        <div className="jp-mlops-run-column">
          <Section title={trans.__('How to load it')}>
            {loads(model).map(code => (
              <CodeBox key={code} host={host} code={code} />
            ))}
          </Section>
          <Section title={trans.__('Signature')}>
            {signature === null ? (
              <p className="jp-mlops-quiet">
                <Hint
                  text={trans.__('None. It comes by itself with')}
                  code="log_model(…, input_example=X[:3])"
                />
              </p>
            ) : (
              <>
                <Fields title={trans.__('Inputs')} fields={signature.inputs} />
                <Fields title={trans.__('Outputs')} fields={signature.outputs} />
                <Fields title={trans.__('Parameters')} fields={signature.params} />
              </>
            )}
          </Section>
        </div>
        <div className="jp-mlops-run-column">
          {example !== null && (
            <Section
              title={trans.__('Input example')}
              tools={<CopyButton text={example} label={trans.__('Copy')} copy={text => host.copy(text)} />}
            >
              {model.exampleTable === null ? (
                <pre className="jp-mlops-example" tabIndex={0}>
                  {example}
                </pre>
              ) : (
                <TablePreview
                  label={trans.__('Input example')}
                  table={model.exampleTable}
                  onOffset={() => undefined}
                />
              )}
            </Section>
          )}
          <Section title={trans.__('Requirements')} count={requirements?.length}>
            {requirements === null ? (
              <p className="jp-mlops-quiet">{trans.__('None were kept with the model.')}</p>
            ) : (
              <CodeBox host={host} code={requirements.join('\n')} />
            )}
          </Section>
        </div>
      </div>
    </article>
  );
}

/** The model is started when somebody wants it. */
function TryModel({ host, uri }: { host: IRunsHost; uri: string }): ReactElement {
  const trans = useTranslation();
  const [open, setOpen] = useState(false);
  return open ? (
    <Section title={trans.__('Predict')}>
      <Predict models={[uri]} open={host.playground} />
    </Section>
  ) : (
    <button
      type="button"
      className="jp-mlops-button"
      data-testid="mlops-try"
      title={trans.__('Predict in a process of the server')}
      onClick={() => setOpen(true)}
    >
      {trans.__('Try it')}
    </button>
  );
}

function factsOf(model: ILoggedModel, trans: ITranslate): [string, string][] {
  const { signed } = model;
  const facts: [string, string][] = [
    [trans.__('Flavors'), model.flavors.join(', ')],
    [trans.__('Size'), `${formatBytes(model.size)}, ${trans._n('%1 file', '%1 files', model.files)}`],
    [trans.__('Made'), model.created === '' ? '' : `${model.created.slice(0, 19)} UTC`],
    [trans.__('By MLflow'), model.version],
    [
      trans.__('Signed'),
      model.problem !== null
        ? ''
        : signed === 'you'
          ? trans.__('by the user of this server, whole')
          : signed === 'other'
            ? trans.__('by somebody else, or changed since')
            : signed === null
              ? trans.__('no: loading it asks for trust=True where it would run code')
              : trans.__('yes; whose signature it is, loading it will tell')
    ]
  ];
  return facts.filter(([, value]) => value !== '');
}

function Fact({ name, value }: { name: string; value: string }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

const LOADED_BY: { [flavor: string]: string } = { keras: 'keras', pytorch: 'pytorch', sklearn: 'sklearn' };

function loads({ uri, flavors, loaders }: ILoggedModel): string[] {
  const given = JSON.stringify(uri);
  const own = loaders
    .filter(flavor => /^\w+$/.test(flavor))
    .map(flavor => `model = mlflow.${LOADED_BY[flavor] ?? flavor}.load_model(${given})`);
  const any = `model = mlflow.pyfunc.load_model(${given})\nmodel.predict(data)`;
  return flavors.includes('python_function') ? [any, ...own] : own;
}

function Fields({ title, fields }: { title: string; fields: ISchemaField[] }): ReactElement | null {
  const trans = useTranslation();
  return fields.length === 0 ? null : (
    <table className="jp-mlops-schema" aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{trans.__('Type')}</th>
          <th scope="col" />
        </tr>
      </thead>
      <tbody>
        {fields.map(({ name, type, required, otherwise }, at) => (
          <tr key={at}>
            <th scope="row">{name || at}</th>
            <td>
              <code>{type}</code>
            </td>
            <td className="jp-mlops-quiet">
              {otherwise !== '' ? trans.__('else %1', otherwise) : required ? '' : trans.__('optional')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
