import { useState, type ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { useTranslation } from '../translation';
import { useAnswer } from '../useAnswer';
import { formatBytes } from '../formats';
import { Preview } from './Preview';
import type { IArtifact, IRunDetails, IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  path: string;
  stamp: number;
  onPath(path: string): void;
}

/** The files of a run as a tree, and the one that is chosen. */
export function Artifacts(props: IProps): ReactElement {
  const { host, run, path } = props;
  const trans = useTranslation();
  return (
    <div className="jp-mlops-artifacts" data-testid="mlops-artifacts">
      <div className="jp-mlops-artifact-tree">
        <p className="jp-mlops-run-facts">
          <code title={run.artifactUri}>{run.artifactUri}</code>
          <CopyButton text={run.artifactUri} label={trans.__('Copy')} copy={text => host.copy(text)} />
        </p>
        <Folder {...props} folder="" />
      </div>
      {path === '' ? (
        <p className="jp-mlops-empty">{trans.__('Choose a file to see it.')}</p>
      ) : (
        <Preview key={path} host={host} runId={run.runId} path={path} />
      )}
    </div>
  );
}

function Folder(props: IProps & { folder: string }): ReactElement {
  const { host, run, folder, stamp } = props;
  const trans = useTranslation();
  const { data, problem, pending } = useAnswer(
    () => host.artifacts(run.runId, folder),
    `${run.runId} ${folder}`,
    run.status === 'RUNNING' ? stamp : 0
  );
  if (problem !== null) {
    return (
      <div className="jp-mlops-error" role="alert">
        {problem}
      </div>
    );
  }
  if (data === null || data.length === 0) {
    return (
      <p className="jp-mlops-quiet">
        {pending ? trans.__('Loading…') : trans.__('No artifacts were logged.')}
      </p>
    );
  }
  return (
    <ul className="jp-mlops-files">
      {data.map(one => (
        <Item key={one.path} {...props} artifact={one} />
      ))}
    </ul>
  );
}

function Item(props: IProps & { artifact: IArtifact }): ReactElement {
  const { host, run, path, artifact, onPath } = props;
  const trans = useTranslation();
  const [open, setOpen] = useState(path.startsWith(`${artifact.path}/`));
  const name = artifact.path.slice(artifact.path.lastIndexOf('/') + 1);
  if (artifact.isFolder) {
    return (
      <li>
        <button
          type="button"
          className="jp-mlops-file"
          aria-expanded={open}
          data-testid="mlops-artifact-folder"
          onClick={() => setOpen(!open)}
        >
          <svg className="jp-mlops-caret" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
            <path d="M6 4l4 4-4 4" />
          </svg>
          <span className="jp-mlops-clip">{name}/</span>
        </button>
        {open && <Folder {...props} folder={artifact.path} />}
      </li>
    );
  }
  return (
    <li className="jp-mlops-file-line">
      <button
        type="button"
        className="jp-mlops-file"
        aria-pressed={path === artifact.path}
        data-testid="mlops-artifact"
        data-path={artifact.path}
        onClick={() => onPath(artifact.path)}
      >
        <span className="jp-mlops-clip" title={name}>
          {name}
        </span>
        <span className="jp-mlops-quiet">{artifact.size === null ? '' : formatBytes(artifact.size)}</span>
      </button>
      <a
        className="jp-mlops-link"
        href={host.artifactUrl(run.runId, artifact.path)}
        download={name}
        aria-label={trans.__('Download %1', name)}
        title={trans.__('Download %1', name)}
      >
        ↓
      </a>
    </li>
  );
}
