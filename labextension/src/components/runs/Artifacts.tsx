import { useState, type ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import { useSettled } from '../useSettled';
import { FileTree } from './FileTree';
import { Hint } from './Hint';
import { askFiles, type IArtifact } from './files';
import { Preview } from './Preview';
import type { IRunDetails, IRunsHost } from './types';
import { useFolders } from './useFolders';

const NONE: IArtifact[] = [];

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  path: string;
  stamp: number;
  onPath(path: string): void;
}

/** The files of a run as a tree, and the one that is chosen. */
export function Artifacts({ host, run, path, stamp, onPath }: IProps): ReactElement {
  const trans = useTranslation();
  const [search, setSearch] = useState('');
  const words = useSettled(search).trim();
  const folders = useFolders(host, run.runId, stamp);
  const ask = words === '' ? null : () => askFiles(host, run.runId, '', words, 0);
  const found = useAnswer(ask, `${run.runId} ${words}`, stamp);
  const root = folders.of('');
  if (root?.pending === false && root.problem === null && root.total === 0) {
    return (
      <p className="jp-mlops-empty" data-testid="mlops-artifacts">
        <Hint
          text={trans.__('This run has no files yet. Log one, or a whole folder:')}
          code='mlflow.log_artifact("plot.png")'
        />
      </p>
    );
  }
  return (
    <div className="jp-mlops-artifacts" data-testid="mlops-artifacts">
      <div className="jp-mlops-artifact-tree">
        <SearchBox
          value={search}
          label={trans.__('Search files')}
          testid="mlops-files-search"
          onChange={setSearch}
        />
        <Trouble problem={found.problem} />
        {words !== '' && found.data !== null && (
          <p className="jp-mlops-quiet" role="status">
            {found.data.total > found.data.files.length
              ? trans.__('The first %1 of %2 files', found.data.files.length, found.data.total)
              : trans._n('%1 file', '%1 files', found.data.total)}
          </p>
        )}
        <FileTree
          folders={folders}
          found={words === '' ? null : (found.data?.files ?? NONE)}
          path={path}
          url={one => host.artifactUrl(run.runId, one)}
          onPath={onPath}
        />
        <p className="jp-mlops-run-facts">
          <code title={run.artifactUri}>{run.artifactUri}</code>
          <CopyButton text={run.artifactUri} label={trans.__('Copy place')} copy={text => host.copy(text)} />
        </p>
      </div>
      {path === '' ? (
        <p className="jp-mlops-empty">{trans.__('Choose a file to see it.')}</p>
      ) : (
        <Preview key={path} host={host} runId={run.runId} path={path} stamp={stamp} />
      )}
    </div>
  );
}
