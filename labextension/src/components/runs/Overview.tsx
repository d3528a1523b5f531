import { useState, type ReactElement, type ReactNode } from 'react';
import { AliasBadge, StageBadge } from '../Badges';
import { formatNumber } from '../formats';
import { HiddenState } from '../HiddenState';
import { SearchBox } from '../SearchBox';
import { StatusIcon } from '../status';
import { sortedTags } from '../systemTags';
import { useTranslation } from '../translation';
import type { IEntry } from '../types';
import type { IRunDetails, IRunsHost } from './types';

const NOTE = 'mlflow.note.content';
const MANY = 12;

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
}

/** What was logged, what went in and what came of it. */
export function Overview({ host, run }: IProps): ReactElement {
  const trans = useTranslation();
  const note = run.tags.find(({ key }) => key === NOTE)?.value ?? '';
  const { own, system } = sortedTags(run.tags.filter(({ key }) => key !== NOTE));
  const metrics = run.metrics.map(({ key, value }) => ({ key, value: formatNumber(value, 6) }));
  return (
    <>
      <HiddenState tags={run.tags} />
      {note !== '' && <div className="jp-mlops-run-note">{host.drawMarkdown(note)}</div>}
      <div className="jp-mlops-run-sections">
        <Entries title={trans.__('Metrics')} entries={metrics} numeric />
        <Entries title={trans.__('Parameters')} entries={run.params} />
        <div className="jp-mlops-run-column">
          <Models host={host} run={run} />
          {run.inputs.length > 0 && (
            <Section title={trans.__('Data sets')} count={run.inputs.length}>
              <ul>
                {run.inputs.map(({ name, digest, context, kind }) => (
                  <li key={`${name} ${digest} ${context}`} title={`${kind} ${digest}`}>
                    {name}{' '}
                    <span className="jp-mlops-quiet">{[context, digest].filter(Boolean).join(' · ')}</span>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          <Children host={host} run={run} />
          {own.length > 0 && <Entries title={trans.__('Tags')} entries={own} />}
          {system.length > 0 && <Entries title={trans.__('Where it ran')} entries={system} folded />}
        </div>
      </div>
    </>
  );
}

interface ISection {
  title: string;
  count: number;
  children: ReactNode;
  tools?: ReactNode;
}

function Section({ title, count, children, tools }: ISection): ReactElement {
  return (
    <section className="jp-mlops-run-section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span className="jp-mlops-quiet">{count}</span>
        {tools}
      </header>
      {children}
    </section>
  );
}

interface IEntries {
  title: string;
  entries: IEntry[];
  numeric?: boolean;
  folded?: boolean;
}

/** Names and values, to be searched where there are many. */
function Entries({ title, entries, numeric, folded }: IEntries): ReactElement | null {
  const trans = useTranslation();
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(folded !== true);
  const words = search.toLowerCase();
  const found = entries.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(words));
  if (entries.length === 0) {
    return (
      <Section title={title} count={0}>
        <p className="jp-mlops-quiet">{trans.__('Nothing was logged.')}</p>
      </Section>
    );
  }
  const fold = folded === true && (
    <button type="button" className="jp-mlops-link" aria-expanded={open} onClick={() => setOpen(!open)}>
      {open ? trans.__('Hide') : trans.__('Show')}
    </button>
  );
  return (
    <Section title={title} count={entries.length} tools={fold}>
      {open && entries.length > MANY && (
        <SearchBox
          value={search}
          label={trans.__('Search %1', title.toLowerCase())}
          testid={`mlops-search-${title.toLowerCase()}`}
          onChange={setSearch}
        />
      )}
      {open && (
        <dl data-numeric={numeric}>
          {found.map(({ key, value }) => (
            <div key={key}>
              <dt title={key}>{key}</dt>
              <dd title={value}>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {open && found.length === 0 && (
        <p className="jp-mlops-quiet">{trans.__('Nothing matches “%1”.', search)}</p>
      )}
    </Section>
  );
}

function Models({ host, run }: IProps): ReactElement | null {
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

function Children({ host, run }: IProps): ReactElement | null {
  const trans = useTranslation();
  return run.children.length === 0 ? null : (
    <Section title={trans.__('Child runs')} count={run.children.length}>
      <ul>
        {run.children.map(({ runId, name, status }) => (
          <li key={runId} className="jp-mlops-badge-line">
            <StatusIcon status={status} />
            <a className="jp-mlops-link jp-mlops-clip" href={host.links.run(runId)}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
