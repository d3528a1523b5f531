import { useMemo, useState, type ReactElement } from 'react';
import { AliasBadge, StageBadge } from '../Badges';
import { Alerts } from '../card/Alerts';
import { formatNumber } from '../formats';
import { HiddenState } from '../HiddenState';
import { ALERTS, ERROR, HIDDEN_STATE, isSystem, NOTE, PACKAGES, sortedTags, tagOf } from '../keys';
import { Described } from '../models/Described';
import { Tags } from '../models/Tags';
import { useTranslation } from '../translation';
import { Entries } from './Entries';
import { Hint } from './Hint';
import { LongText } from './LongText';
import { RunTree } from './RunTree';
import { Section } from './Section';
import type { IRunDetails, IRunsHost } from './types';
import type { IRunEdits } from './useRunEdits';

/** Shown in places of their own. */
const ELSEWHERE = [NOTE, ERROR, PACKAGES, ALERTS, HIDDEN_STATE];

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  edits: IRunEdits;
}

/** What was logged, what went in and what came of it. */
export function Overview({ host, run, edits }: IProps): ReactElement {
  const trans = useTranslation();
  const [editing, setEditing] = useState(false);
  const { own, system } = sortedTags(run.tags.filter(({ key }) => !ELSEWHERE.includes(key)));
  const metrics = useMetricLines(run);
  const locked = run.isDeleted ? trans.__('The run is deleted: restore it first') : null;
  const error = tagOf(run.tags, ERROR);
  return (
    <>
      {error !== '' && <p className="jp-mlops-error">{error}</p>}
      {run.alerts.length > 0 && <Alerts alerts={run.alerts} />}
      <HiddenState tags={run.tags} />
      <div className="jp-mlops-run-note">
        <Described
          text={tagOf(run.tags, NOTE)}
          label={trans.__('Description of the run')}
          testid="mlops-run-description"
          locked={locked}
          editing={editing}
          onEditing={setEditing}
          onSave={edits.describe}
          draw={text => host.drawMarkdown(text)}
        />
        <Tags tags={own} locked={locked} onSet={edits.setTag} onDelete={key => void edits.deleteTag(key)} />
      </div>
      <div className="jp-mlops-run-sections">
        <Entries
          title={trans.__('Metrics')}
          lines={metrics}
          heads={[trans.__('Metric'), trans.__('Last'), trans.__('Min'), trans.__('Max')]}
          numeric
          empty={<Hint text={trans.__('None yet. Log one:')} code='mlflow.log_metric("loss", 0.1, step=1)' />}
        />
        <Entries
          title={trans.__('Parameters')}
          lines={run.params}
          empty={<Hint text={trans.__('None yet. Log one:')} code='mlflow.log_param("depth", 3)' />}
        />
        <div className="jp-mlops-run-column">
          <Models host={host} run={run} />
          <DataSets run={run} />
          <RunTree host={host} run={run} />
          {system.length > 0 && <Entries title={trans.__('Where it ran')} lines={system} folded />}
        </div>
      </div>
    </>
  );
}

function useMetricLines(run: IRunDetails): { key: string; value: string; more: string[] }[] {
  return useMemo(() => {
    const written = (value: number | null): string => (value === null ? '' : formatNumber(value));
    const own = run.metrics.filter(({ key }) => !isSystem(key));
    return own.map(({ key, value, min, max }) => ({
      key,
      value: written(value),
      more: [written(min), written(max)]
    }));
  }, [run.metrics]);
}

function Models({ host, run }: Omit<IProps, 'edits'>): ReactElement | null {
  const trans = useTranslation();
  return run.models.length === 0 ? null : (
    <Section title={trans.__('Registered models')} count={run.models.length}>
      <ul>
        {run.models.map(({ name, version, stage, aliases }) => (
          <li key={`${name}/${version}`} className="jp-mlops-badge-line">
            <a className="jp-mlops-link jp-mlops-clip" href={host.links.model(name)}>
              {trans.__('%1 v%2', name, version)}
            </a>
            {stage !== 'None' && <StageBadge stage={stage} />}
            {aliases.map(alias => (
              <AliasBadge key={alias} alias={alias} />
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function DataSets({ run }: { run: IRunDetails }): ReactElement {
  const trans = useTranslation();
  return (
    <Section title={trans.__('Data sets')} count={run.inputs.length}>
      {run.inputs.length === 0 && (
        <p className="jp-mlops-quiet">
          <Hint
            text={trans.__('None yet. Log what the run is made from:')}
            code="mlflow.log_input(mlflow.data.from_pandas(df))"
          />
        </p>
      )}
      <ul>
        {run.inputs.map(({ name, digest, context, kind, source, profile }) => (
          <li key={`${name} ${digest} ${context}`}>
            {name} {context !== '' && <span className="jp-mlops-badge">{context}</span>}
            <div className="jp-mlops-quiet jp-mlops-clip">
              {[kind, digest, shape(profile)].filter(Boolean).join(' · ')}
            </div>
            {kind !== 'code' && source !== '' && source !== '{}' && (
              <div className="jp-mlops-quiet jp-mlops-dataset-source">
                <LongText text={source} label={trans.__('Source of %1', name)} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Such as "num_rows 178, num_elements 2314". */
function shape(profile: string): string {
  try {
    const found: unknown = JSON.parse(profile);
    return typeof found === 'object' && found !== null
      ? Object.entries(found)
          .filter(([, value]) => typeof value === 'number')
          .map(([key, value]) => `${key.replace(/^num_/, '')} ${String(value)}`)
          .join(', ')
      : '';
  } catch {
    return '';
  }
}
