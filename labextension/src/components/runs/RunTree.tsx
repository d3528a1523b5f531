import { useState, type ReactElement } from 'react';
import { Caret } from '../Caret';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import { useAnswer } from '../useAnswer';
import { askChildren } from './pages';
import { Section } from './Section';
import type { INamedRun } from '../types';
import type { IRunDetails, IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
}

/** The runs above and below a run. */
export function RunTree({ host, run }: IProps): ReactElement | null {
  const trans = useTranslation();
  if (run.parents.length === 0 && run.children.length === 0) {
    return null;
  }
  const [top, ...rest] = [...run.parents, run];
  return (
    <Section title={trans.__('Parent and child runs')}>
      <ul className="jp-mlops-run-tree" data-testid="mlops-run-tree">
        <Above host={host} run={top ?? run} below={rest} current={run} />
      </ul>
    </Section>
  );
}

interface IAbove extends IProps {
  run: IRunDetails;
  below: INamedRun[];
}

function Above({
  host,
  run,
  below,
  current
}: Omit<IAbove, 'run'> & { run: INamedRun; current: IRunDetails }): ReactElement {
  const [next, ...rest] = below;
  const isCurrent = run.runId === current.runId;
  return (
    <li>
      <Line host={host} run={run} isCurrent={isCurrent} />
      {next !== undefined && (
        <ul>
          <Above host={host} run={next} below={rest} current={current} />
        </ul>
      )}
      {isCurrent && current.children.length > 0 && <Below host={host} runId={run.runId} stamp={current} />}
    </li>
  );
}

function Line({
  host,
  run,
  isCurrent
}: {
  host: IRunsHost;
  run: INamedRun;
  isCurrent: boolean;
}): ReactElement {
  return (
    <span className="jp-mlops-badge-line">
      <StatusIcon status={run.status} />
      {isCurrent ? (
        <strong className="jp-mlops-clip" aria-current="page">
          {run.name}
        </strong>
      ) : (
        <a className="jp-mlops-link jp-mlops-clip" href={host.links.run(run.runId)} title={run.name}>
          {run.name}
        </a>
      )}
    </span>
  );
}

/** Children of a run, read when they are opened, some at a time. */
function Below({
  host,
  runId,
  stamp
}: {
  host: IRunsHost;
  runId: string;
  stamp: IRunDetails | null;
}): ReactElement {
  const trans = useTranslation();
  const [pages, setPages] = useState(1);
  const statuses = stamp?.children.map(({ status }) => status).join() ?? '';
  const about = `${runId} ${pages} ${statuses}`;
  const { kept: found, problem } = useAnswer(() => read(host, runId, pages), about, 0, runId);
  if (found === null) {
    return (
      <p className={problem === null ? 'jp-mlops-quiet' : 'jp-mlops-error'}>
        {problem ?? trans.__('Loading…')}
      </p>
    );
  }
  const left = found.total - found.runs.length;
  return (
    <ul>
      {found.runs.map(one => (
        <Child key={one.runId} host={host} run={one} />
      ))}
      {found.runs.length === 0 && <li className="jp-mlops-quiet">{trans.__('No child runs')}</li>}
      {left > 0 && (
        <li>
          <button type="button" className="jp-mlops-link" onClick={() => setPages(pages + 1)}>
            {trans._n('%1 more', '%1 more', left)}
          </button>
        </li>
      )}
    </ul>
  );
}

async function read(
  host: IRunsHost,
  runId: string,
  pages: number
): Promise<{ total: number; runs: INamedRun[] }> {
  const wanted = pages * PAGE;
  const begins = Array.from({ length: Math.ceil(wanted / MOST) }, (_, part) => part * MOST);
  const parts = await Promise.all(
    begins.map(begin => askChildren(host, runId, begin, Math.min(MOST, wanted - begin)))
  );
  return { total: parts[0]?.total ?? 0, runs: parts.flatMap(({ runs }) => runs) };
}

const PAGE = 50;
/** The most that is answered at once. */
const MOST = 200;

function Child({ host, run }: { host: IRunsHost; run: INamedRun }): ReactElement {
  const trans = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <li>
      <span className="jp-mlops-badge-line">
        <button
          type="button"
          className="jp-mlops-tool"
          aria-expanded={open}
          aria-label={trans.__('Child runs of %1', run.name)}
          onClick={() => setOpen(!open)}
        >
          <Caret />
        </button>
        <Line host={host} run={run} isCurrent={false} />
      </span>
      {open && <Below host={host} runId={run.runId} stamp={null} />}
    </li>
  );
}
