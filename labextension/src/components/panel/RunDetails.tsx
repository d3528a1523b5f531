import type { ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { formatNumber } from '../formats';
import { HiddenState } from '../HiddenState';
import { OpenAsNotebookButton } from '../notebooks';
import { sortedTags } from '../systemTags';
import { useTranslation } from '../translation';
import type { IEntry, IRun, IStoreHost } from '../types';

export function RunDetails({ run, host }: { run: IRun; host: IStoreHost }): ReactElement {
  const trans = useTranslation();
  const { own, system } = sortedTags(run.tags);
  return (
    <div className="jp-mlops-details" data-testid="mlops-run-details">
      <div className="jp-mlops-id">
        <code title={run.runId}>{run.runId}</code>
        <CopyButton text={run.runId} label={trans.__('Copy run id')} copy={text => host.copy(text)} />
        {run.status !== 'RUNNING' && <OpenAsNotebookButton store={host.key} runId={run.runId} />}
      </div>
      <HiddenState tags={run.tags} />
      <Section
        title={trans.__('Metrics')}
        numeric
        entries={run.metrics.map(({ key, value }) => ({ key, value: formatNumber(value) }))}
      />
      <Section title={trans.__('Parameters')} entries={run.params} />
      <Section title={trans.__('Tags')} entries={own} />
      {system.length > 0 && (
        <details>
          <summary>{trans._n('%1 system tag', '%1 system tags', system.length)}</summary>
          <Section title={trans.__('System tags')} entries={system} bare />
        </details>
      )}
    </div>
  );
}

interface ISection {
  title: string;
  entries: IEntry[];
  numeric?: boolean;
  bare?: boolean;
}

function Section({ title, entries, numeric, bare }: ISection): ReactElement | null {
  if (entries.length === 0) {
    return null;
  }
  return (
    <section aria-label={title}>
      {bare !== true && <h4>{title}</h4>}
      <dl data-numeric={numeric}>
        {entries.map(({ key, value }) => (
          <div key={key}>
            <dt title={key}>{key}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
