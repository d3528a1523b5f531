import { useState, type ReactElement } from 'react';
import { Difference } from '../charts/DifferencePanel';
import { readDifference } from '../charts/differences';
import { Choice } from '../Choice';
import { CopyButton } from '../CopyButton';
import { formatTime } from '../formats';
import { Warnings } from '../HiddenState';
import { useTranslation, type ITranslate } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import { CodeBox } from './CodeBox';
import { Entries } from './Entries';
import { Hint } from './Hint';
import { askCode, type ICode, type ICodeCell, type IOther } from './pages';
import { Section } from './Section';
import type { IRunDetails, IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  stamp: number;
}

/** The code that made a run, where it ran, and what is different from another one. */
export function Code({ host, run, stamp }: IProps): ReactElement {
  const trans = useTranslation();
  const { kept: code, problem } = useAnswer(() => askCode(host, run.runId), run.runId, stamp);
  if (code === null) {
    return <Trouble problem={problem} pending />;
  }
  return (
    <div className="jp-mlops-run-code" data-testid="mlops-run-code">
      <Warnings lines={code.hidden.map(line => trans.__('Hidden state: %1.', line))} />
      <Cells host={host} cells={code.cells} />
      {code.diff !== '' && <NotCommitted host={host} diff={code.diff} />}
      <div className="jp-mlops-run-sections">
        <Entries
          title={trans.__('Source')}
          lines={Object.entries(code.source).map(([name, value]) => ({
            key: sourceNames(trans)[name] ?? name,
            value
          }))}
          empty={trans.__('Nothing is known of where it was started.')}
        />
        <Entries
          title={trans.__('Machine')}
          lines={Object.entries(code.machine).map(([name, value]) => ({
            key: sourceNames(trans)[name] ?? name,
            value
          }))}
          empty={trans.__('Nothing is known of the machine.')}
        />
        <Entries
          title={trans.__('Packages')}
          lines={code.packages.map(([key, value]) => ({ key, value }))}
          empty={trans.__('The versions of packages were not kept.')}
        />
      </div>
      <Compared host={host} run={run} code={code} />
    </div>
  );
}

function sourceNames(trans: ITranslate): { [name: string]: string } {
  return {
    name: trans.__('Name'),
    type: trans.__('Kind'),
    notebook: trans.__('Notebook'),
    cell_id: trans.__('Cell'),
    commit: trans.__('Git commit'),
    branch: trans.__('Git branch'),
    repoURL: trans.__('Git repository'),
    dirty: trans.__('Not committed changes'),
    python: trans.__('Python'),
    host: trans.__('Host'),
    cpu: trans.__('Processor'),
    memory: trans.__('Memory'),
    gpu: trans.__('GPU'),
    user: trans.__('User')
  };
}

/** The cells in the order of their execution; the run's own is open, those that it needs can be opened. */
function Cells({ host, cells }: { host: IRunsHost; cells: ICodeCell[] }): ReactElement {
  const trans = useTranslation();
  const [open, setOpen] = useState(false);
  const own = cells[cells.length - 1];
  const earlier = cells.slice(0, -1);
  if (own === undefined) {
    return (
      <p className="jp-mlops-quiet" data-testid="mlops-no-code">
        <Hint text={trans.__('No code was kept. That of a cell is, which begins with')} code="%%track" />
      </p>
    );
  }
  const all = cells.map(({ source }) => source).join('\n\n');
  return (
    <Section
      title={trans.__('Code')}
      tools={<CopyButton text={all} label={trans.__('Copy all')} copy={text => host.copy(text)} />}
    >
      {earlier.length > 0 && (
        <button
          type="button"
          className="jp-mlops-link"
          aria-expanded={open}
          data-testid="mlops-earlier-cells"
          onClick={() => setOpen(!open)}
        >
          {open
            ? trans.__('Hide the cells that it depends on')
            : trans._n('Show %1 cell that it depends on', 'Show %1 cells that it depends on', earlier.length)}
        </button>
      )}
      {[...(open ? earlier : []), own].map((cell, at) => (
        <div key={at} className="jp-mlops-code-cell" data-own={cell === own || undefined}>
          <span className="jp-mlops-quiet">
            [{cell.count ?? ' '}] {cell.failed && trans.__('failed')}
          </span>
          <CodeBox host={host} code={cell.source.replace(/\n+$/, '')} />
        </div>
      ))}
    </Section>
  );
}

function NotCommitted({ host, diff }: { host: IRunsHost; diff: string }): ReactElement {
  const trans = useTranslation();
  const lines = diff.replace(/\n$/, '').split('\n');
  const kind = (line: string): string | undefined =>
    /^(\+\+\+|---|diff |index |@@)/.test(line)
      ? 'head'
      : line.startsWith('+')
        ? 'added'
        : line.startsWith('-')
          ? 'removed'
          : undefined;
  return (
    <Section
      title={trans.__('Not committed when it began')}
      tools={<CopyButton text={diff} label={trans.__('Copy')} copy={text => host.copy(text)} />}
    >
      <pre className="jp-mlops-git-diff" tabIndex={0} data-testid="mlops-git-diff">
        {lines.slice(0, MOST_LINES).map((line, at) => (
          <div key={at} data-kind={kind(line)}>
            {line}
            {'\n'}
          </div>
        ))}
      </pre>
      {lines.length > MOST_LINES && (
        <p className="jp-mlops-note">
          {trans.__('The first %1 of %2 lines; all are in source/git.diff.', MOST_LINES, lines.length)}
        </p>
      )}
    </Section>
  );
}

const MOST_LINES = 1000;

function Compared({ host, run, code }: { host: IRunsHost; run: IRunDetails; code: ICode }): ReactElement {
  const trans = useTranslation();
  const [other, setOther] = useState('');
  const ask =
    other === ''
      ? null
      : async () => readDifference(await host.ask('run_diff', { run_id: other, other_id: run.runId }));
  const { data, problem, pending } = useAnswer(ask, `${run.runId} ${other}`, 0);
  return (
    <Section title={trans.__('What is different')}>
      <div className="jp-mlops-toolbar">
        {code.others.length > 0 && (
          <Choice
            label={trans.__('from')}
            value={other}
            testid="mlops-code-other"
            options={[
              ['', trans.__('choose a run…')],
              ...code.others.map(one => [one.runId, otherName(one, trans)] as const)
            ]}
            onChoice={setOther}
          />
        )}
        {other !== '' && (
          <a className="jp-mlops-link" href={host.links.compare([other, run.runId])}>
            {trans.__('Compare them in full')}
          </a>
        )}
        <span className="jp-mlops-quiet">
          {trans.__('From here and now, in a notebook:')} <code>%diff {run.runId.slice(0, SHORT)}</code>
        </span>
      </div>
      {pending && other !== '' && <p className="jp-mlops-quiet">{trans.__('Loading…')}</p>}
      <Trouble problem={problem} />
      {data !== null && <Difference difference={data} />}
    </Section>
  );
}

/** Ids begin with their time: fewer characters mean several runs. */
const SHORT = 32;

function otherName({ name, startTime, why }: IOther, trans: ITranslate): string {
  const when = startTime === null ? '' : formatTime(startTime);
  const reason =
    why === 'reproduced' ? trans.__('which it makes again') : why === 'cell' ? trans.__('same cell') : '';
  return [name, reason, when].filter(Boolean).join(' · ');
}
