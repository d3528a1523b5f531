import type { ReactElement, ReactNode } from 'react';
import { formatNumber, formatTime } from '../formats';
import { useTranslation } from '../translation';
import { AliasBadge, StageBadge } from '../Badges';
import { Described } from './Described';
import { Tags } from './Tags';
import { askVersion } from './questions';
import type { IField, IModelsHost, IVersionDetails, IVersionRow } from './types';
import { useAnswer } from '../useAnswer';
import type { IEditing } from './useEditing';

interface IProps {
  host: IModelsHost;
  name: string;
  version: string;
  /** What the table knows already. */
  row: IVersionRow | undefined;
  stamp: number;
  edit: IEditing;
  editing: boolean;
  onEditing(editing: boolean): void;
}

/** All that is known of one version. */
export function Details({ host, name, version, row, stamp, edit, editing, onEditing }: IProps): ReactElement {
  const trans = useTranslation();
  const { data, problem, pending } = useAnswer(
    () => askVersion(host, name, version),
    `${name}/${version}`,
    stamp
  );
  const shown = data ?? row;
  return (
    <section
      className="jp-mlops-version-details"
      data-testid="mlops-version-details"
      aria-label={trans.__('Version %1', version)}
      aria-busy={pending}
    >
      <div className="jp-mlops-crumbs">
        <h3>{trans.__('Version %1', version)}</h3>
        {shown && <StageBadge stage={shown.stage} />}
        {shown?.aliases.map(alias => (
          <AliasBadge key={alias} alias={alias} />
        ))}
      </div>
      {problem !== null && <p className="jp-mlops-note">{problem}</p>}
      {shown && <About row={shown} host={host} edit={edit} editing={editing} onEditing={onEditing} />}
      {data !== null && <Sections details={data} />}
    </section>
  );
}

type IAbout = Pick<IProps, 'host' | 'edit' | 'editing' | 'onEditing'> & { row: IVersionRow };

/** What people wrote about it, and where it is from. */
function About({ row, host, edit, editing, onEditing }: IAbout): ReactElement {
  const trans = useTranslation();
  const { version } = row;
  return (
    <>
      <Described
        text={row.description}
        label={trans.__('Description of version %1', version)}
        testid="mlops-version-description"
        locked={edit.locked}
        editing={editing}
        onEditing={onEditing}
        onSave={text => edit.describe(version, text)}
        draw={text => host.drawMarkdown(text)}
      />
      <dl className="jp-mlops-facts">
        <dt>{trans.__('Tags')}</dt>
        <dd>
          <Tags
            tags={row.tags}
            locked={edit.locked}
            onSet={(key, value) => edit.setTag(version, key, value)}
            onDelete={key => void edit.deleteTag(version, key)}
          />
        </dd>
        {facts(row, trans.__('%1 in %2', row.runName || row.runId, row.experiment)).map(([id, value]) => (
          <Fact key={id} id={id} value={value} />
        ))}
      </dl>
    </>
  );
}

function facts(row: IVersionRow, run: string): [string, string][] {
  const all: [string, string][] = [
    ['run', row.runId === '' ? '' : run],
    ['uri', row.source],
    ['created', row.created === null ? '' : [formatTime(row.created), row.user].filter(Boolean).join(', ')]
  ];
  return all.filter(([, value]) => value !== '');
}

function Fact({ id, value }: { id: string; value: string }): ReactElement {
  const trans = useTranslation();
  const labels: { [id: string]: string } = {
    run: trans.__('Source run'),
    uri: trans.__('Source'),
    created: trans.__('Created')
  };
  return (
    <>
      <dt>{labels[id]}</dt>
      <dd className="jp-mlops-fact" title={value}>
        {value}
      </dd>
    </>
  );
}

function Sections({ details }: { details: IVersionDetails }): ReactElement {
  const trans = useTranslation();
  const { metrics, params, signature, requirements, flavors } = details;
  return (
    <>
      {details.problem !== null && (
        <p className="jp-mlops-note" role="status">
          {trans.__('The model’s folder could not be read: %1', details.problem)}
        </p>
      )}
      <div className="jp-mlops-sections">
        {metrics.size > 0 && (
          <Section title={trans.__('Metrics')} numeric>
            {[...metrics].map(([key, value]) => [key, formatNumber(value)])}
          </Section>
        )}
        {params.length > 0 && (
          <Section title={trans.__('Parameters')}>{params.map(({ key, value }) => [key, value])}</Section>
        )}
        {signature !== null && (
          <>
            <Section title={trans.__('Inputs')}>{fields(signature.inputs, trans.__('optional'))}</Section>
            <Section title={trans.__('Outputs')}>{fields(signature.outputs, trans.__('optional'))}</Section>
            <Section title={trans.__('Inference parameters')}>{fields(signature.params, '')}</Section>
          </>
        )}
        {flavors.length > 0 && (
          <Lines
            title={trans.__('Flavors')}
            lines={details.hasExample ? [...flavors, trans.__('with an input example')] : flavors}
          />
        )}
        {requirements !== null && requirements.length > 0 && (
          <Lines title={trans.__('Requirements')} lines={requirements} />
        )}
      </div>
    </>
  );
}

function fields(all: IField[], optional: string): [string, string][] {
  return all.map(({ name, type, required }, index) => [
    name || String(index),
    required || optional === '' ? type : `${type}, ${optional}`
  ]);
}

function Section(props: { title: string; numeric?: boolean; children: string[][] }): ReactElement | null {
  const { title, numeric, children } = props;
  return children.length === 0 ? null : (
    <Part title={title}>
      <dl data-numeric={numeric}>
        {children.map(([key, value]) => (
          <div key={key}>
            <dt title={key}>{key}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] }): ReactElement {
  return (
    <Part title={title}>
      <ul>
        {lines.map(line => (
          <li key={line} className="jp-mlops-clip" title={line}>
            {line}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      {children}
    </section>
  );
}
