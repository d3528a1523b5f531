import { useState, type ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { formatDuration, formatTime } from '../formats';
import { Icon } from '../Icon';
import { NOTEBOOK, tagOf } from '../keys';
import { OpenAsNotebookButton } from '../notebooks';
import { usePreferences } from '../preferences';
import { RegisterSheet } from '../register/RegisterSheet';
import { StatusIcon, statusLabel } from '../status';
import { useTranslation } from '../translation';
import { useNow } from '../useNow';
import type { IRunDetails, IRunsHost } from './types';
import type { IRunEdits } from './useRunEdits';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  edits: IRunEdits;
}

/** Which run it is, how it went, and what can be done with it. */
export function RunHead({ host, run, edits }: IProps): ReactElement {
  const trans = useTranslation();
  const now = useNow();
  const [registering, setRegistering] = useState(false);
  const end = run.endTime ?? (run.status === 'RUNNING' ? now : null);
  const notebook = tagOf(run.tags, NOTEBOOK);
  const facts = [
    run.startTime === null ? '' : trans.__('started %1', formatTime(run.startTime)),
    run.startTime === null || end === null
      ? ''
      : trans.__('took %1', formatDuration(Math.max(0, end - run.startTime) / 1000)),
    run.user === '' ? '' : trans.__('by %1', run.user),
    notebook === '' ? '' : trans.__('in %1', notebook)
  ];
  return (
    <header className="jp-mlops-run-head">
      <Crumbs host={host} run={run} />
      <Title run={run} edits={edits} />
      <p className="jp-mlops-run-facts">
        <span>{facts.filter(Boolean).join(' · ')}</span>
        <span>
          <code>{run.runId}</code>
          <CopyButton text={run.runId} label={trans.__('Copy run id')} copy={text => host.copy(text)} />
        </span>
        <span>
          {run.hasCells && run.status !== 'RUNNING' && (
            <OpenAsNotebookButton store={host.store} runId={run.runId} />
          )}
          {!run.isDeleted && (
            <button
              type="button"
              className="jp-mlops-link"
              data-testid="mlops-run-register"
              onClick={() => setRegistering(true)}
            >
              {trans.__('Register a model…')}
            </button>
          )}
          <Removal run={run} edits={edits} />
        </span>
      </p>
      {registering && (
        <RegisterSheet
          registrar={host.registrar}
          run={run}
          link={(name, version, text) => (
            <a className="jp-mlops-link" href={host.links.version(name, version)}>
              {text}
            </a>
          )}
          onDone={edits.done}
          onClose={() => setRegistering(false)}
        />
      )}
    </header>
  );
}

function Crumbs({ host, run }: Omit<IProps, 'edits'>): ReactElement {
  const trans = useTranslation();
  const places: [string, string][] = [
    [trans.__('Runs'), host.links.runs(null)],
    [run.experiment, host.links.runs(run.experimentId)],
    ...run.parents.map(({ runId, name }): [string, string] => [name, host.links.run(runId)])
  ];
  return (
    <nav className="jp-mlops-crumbs" aria-label={trans.__('Place')}>
      {places.map(([name, link], at) => (
        <span key={link} className="jp-mlops-crumb">
          {at > 0 && (
            <span className="jp-mlops-quiet" aria-hidden="true">
              /
            </span>
          )}
          <a className="jp-mlops-link jp-mlops-clip" href={link} title={name}>
            {name}
          </a>
        </span>
      ))}
    </nav>
  );
}

function Title({ run, edits }: Omit<IProps, 'host'>): ReactElement {
  const trans = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    if (typed === null || typed.trim() === '') {
      return;
    }
    if (typed.trim() === run.name || (await edits.rename(typed.trim()))) {
      setTyped(null);
    }
  };
  return (
    <div className="jp-mlops-run-title">
      <StatusIcon status={run.status} />
      {typed === null ? (
        <>
          <h1 className="jp-mlops-clip" title={run.name}>
            {run.name}
          </h1>
          <button
            type="button"
            className="jp-mlops-tool"
            data-testid="mlops-run-rename"
            title={trans.__('Rename')}
            aria-label={trans.__('Rename the run')}
            onClick={() => setTyped(run.name)}
          >
            <Icon name="edit" />
          </button>
        </>
      ) : (
        <form
          className="jp-mlops-run-rename"
          onSubmit={event => {
            event.preventDefault();
            void save();
          }}
        >
          <input
            type="text"
            className="jp-mlops-input"
            value={typed}
            autoFocus
            aria-label={trans.__('Name of the run')}
            data-testid="mlops-run-name"
            onFocus={event => event.target.select()}
            onChange={event => setTyped(event.target.value)}
            onKeyDown={event => {
              event.stopPropagation();
              if (event.key === 'Escape') {
                setTyped(null);
              }
            }}
          />
          <button
            type="submit"
            className="jp-mlops-button"
            data-kind="accept"
            disabled={edits.actions.busy || typed.trim() === ''}
          >
            {trans.__('Save')}
          </button>
          <button type="button" className="jp-mlops-button" onClick={() => setTyped(null)}>
            {trans.__('Cancel')}
          </button>
        </form>
      )}
      <span className="jp-mlops-badge" data-status={run.status}>
        {statusLabel(run.status, trans)}
      </span>
      {run.isDeleted && <span className="jp-mlops-badge">{trans.__('Deleted')}</span>}
    </div>
  );
}

function Removal({ run, edits }: Omit<IProps, 'host'>): ReactElement {
  const trans = useTranslation();
  const { confirmDelete } = usePreferences();
  const [asking, setAsking] = useState(false);
  const { busy } = edits.actions;
  if (run.isDeleted) {
    return (
      <button
        type="button"
        className="jp-mlops-link"
        data-testid="mlops-run-restore"
        disabled={busy}
        onClick={() => void edits.restore()}
      >
        {trans.__('Restore')}
      </button>
    );
  }
  const remove = (): void => {
    setAsking(false);
    void edits.remove();
  };
  return asking ? (
    <span className="jp-mlops-run-confirm" role="alertdialog" aria-label={trans.__('Delete the run?')}>
      {trans.__('Delete this run? It can be restored.')}
      <button
        type="button"
        className="jp-mlops-button"
        data-kind="warn"
        data-testid="mlops-run-delete-ok"
        disabled={busy}
        onClick={remove}
      >
        {trans.__('Delete')}
      </button>
      <button type="button" className="jp-mlops-button" autoFocus onClick={() => setAsking(false)}>
        {trans.__('Cancel')}
      </button>
    </span>
  ) : (
    <button
      type="button"
      className="jp-mlops-link"
      data-testid="mlops-run-delete"
      disabled={busy}
      onClick={() => (confirmDelete ? setAsking(true) : remove())}
    >
      {trans.__('Delete')}
    </button>
  );
}
