import { useState, type ReactElement } from 'react';
import { CopyButton } from '../CopyButton';
import { formatBytes, lastPart } from '../formats';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import { NotebookPreview } from './NotebookPreview';
import { askFile, type IFile } from './files';
import { TablePreview } from './TablePreview';
import { TextPreview } from './TextPreview';
import type { IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  runId: string;
  path: string;
  stamp: number;
}

/** A file as far as it can be shown without running it. */
export function Preview({ host, runId, path, stamp }: IProps): ReactElement {
  const trans = useTranslation();
  const [raw, setRaw] = useState(false);
  const [offset, setOffset] = useState(0);
  const name = lastPart(path);
  const answer = useAnswer(
    () => askFile(host, runId, path, raw ? 0 : offset, raw),
    `${runId} ${path} ${raw} ${offset}`,
    stamp,
    `${runId} ${path} ${raw}`
  );
  const file = answer.kept;
  return (
    <section
      className="jp-mlops-preview"
      data-testid="mlops-preview"
      data-kind={file?.shown.kind}
      aria-label={path}
      aria-busy={answer.pending}
    >
      <header>
        <strong className="jp-mlops-clip" title={path}>
          {path}
        </strong>
        <span className="jp-mlops-quiet">{file === null ? '' : formatBytes(file.size)}</span>
        <span className="jp-mlops-preview-tools">
          {file?.hasSource === true && (
            <button
              type="button"
              className="jp-mlops-button"
              aria-pressed={raw}
              data-testid="mlops-preview-source"
              onClick={() => setRaw(!raw)}
            >
              {trans.__('Source')}
            </button>
          )}
          <CopyButton text={path} label={trans.__('Copy path')} copy={text => host.copy(text)} />
          <a className="jp-mlops-button" href={host.artifactUrl(runId, path)} download={name}>
            {trans.__('Download')}
          </a>
        </span>
      </header>
      <Trouble problem={answer.problem} />
      {file === null && answer.pending && <p className="jp-mlops-quiet">{trans.__('Loading…')}</p>}
      {file !== null && (
        <Content host={host} runId={runId} path={path} raw={raw} file={file} onOffset={setOffset} />
      )}
    </section>
  );
}

type IContent = Omit<IProps, 'stamp'> & { raw: boolean; file: IFile; onOffset(offset: number): void };

function Content({ host, runId, path, raw, file, onOffset }: IContent): ReactElement {
  const trans = useTranslation();
  const { shown } = file;
  switch (shown.kind) {
    case 'image':
      return (
        <div className="jp-mlops-preview-image">
          <img src={shown.src} alt={path} />
        </div>
      );
    case 'text':
      return (
        <TextPreview path={path} first={shown} more={offset => askFile(host, runId, path, offset, raw)} />
      );
    case 'note':
      return <div className="jp-mlops-note-markdown" dangerouslySetInnerHTML={{ __html: shown.html }} />;
    case 'page':
      return <Page text={shown.text} path={path} />;
    case 'table':
      return <TablePreview label={path} table={shown.table} onOffset={onOffset} />;
    case 'notebook':
      return <NotebookPreview cells={shown.cells} total={shown.total} />;
    case 'none':
      return <p className="jp-mlops-quiet">{shown.problem || trans.__('This can not be shown here.')}</p>;
  }
}

/** Nothing runs in it, it loads nothing, and it is nobody's: neither this page's nor the server's. */
const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:">`;

function Page({ text, path }: { text: string; path: string }): ReactElement {
  const trans = useTranslation();
  return (
    <>
      <p className="jp-mlops-note">
        {trans.__('Scripts of the page do not run here, and it loads nothing. Download it to see all of it.')}
      </p>
      <iframe
        className="jp-mlops-preview-page"
        data-testid="mlops-preview-page"
        title={path}
        sandbox=""
        referrerPolicy="no-referrer"
        srcDoc={POLICY + text}
      />
    </>
  );
}
