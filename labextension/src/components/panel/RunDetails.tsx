import type { ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { formatNumber } from '../formats';
import { HiddenState } from '../HiddenState';
import { Icon } from '../Icon';
import { sortedTags } from '../keys';
import { OpenAsNotebookButton } from '../notebooks';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import type { IEntry } from '../types';
import { useAnswer } from '../useAnswer';
import type { IListedRun, IStoreHost } from './types';

interface IProps {
  run: IListedRun;
  host: IStoreHost;
  stamp: number;
  onClose(): void;
}

/** What there is to know of the selected run, below the list. */
export function RunDetails({ run, host, stamp, onClose }: IProps): ReactElement {
  const trans = useTranslation();
  const { data, problem } = useAnswer(() => host.run(run.runId), run.runId, stamp);
  const { own, system } = sortedTags(data?.tags ?? []);
  return (
    <section
      className="jp-mlops-drawer"
      aria-label={trans.__('Details of %1', run.name)}
      data-testid="mlops-run-details"
    >
      <div className="jp-mlops-drawer-head">
        <strong className="jp-mlops-clip" title={run.name}>
          {run.name}
        </strong>
        <button
          type="button"
          className="jp-mlops-tool"
          aria-label={trans.__('Close the details')}
          onClick={onClose}
        >
          <Icon name="close" size={12} />
        </button>
      </div>
      <div className="jp-mlops-id">
        <code title={run.runId}>{run.runId}</code>
        <CopyButton text={run.runId} label={trans.__('Copy run id')} copy={text => host.copy(text)} />
        {data?.hasCells === true && run.status !== 'RUNNING' && (
          <OpenAsNotebookButton store={host.key} runId={run.runId} />
        )}
      </div>
      <Trouble problem={problem} />
      {data !== null && (
        <>
          <HiddenState tags={data.tags} />
          <Section
            title={trans.__('Metrics')}
            numeric
            entries={data.metrics.map(({ key, value }) => ({ key, value: formatNumber(value) }))}
          />
          <Section title={trans.__('Parameters')} entries={data.params} />
          <Section title={trans.__('Tags')} entries={own} />
          {system.length > 0 && (
            <details>
              <summary>{trans._n('%1 system tag', '%1 system tags', system.length)}</summary>
              <Section title={trans.__('System tags')} entries={system} bare />
            </details>
          )}
        </>
      )}
    </section>
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
