import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import { useAnswer } from '../useAnswer';
import type { IRunsHost } from './types';

const MOST_TEXT = 200_000;
const IMAGES: { [ending: string]: string } = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  // As an image it runs nothing.
  svg: 'image/svg+xml'
};

interface IProps {
  host: IRunsHost;
  runId: string;
  path: string;
}

/** A file as far as it can be shown: pictures, and the beginning of texts. */
export function Preview({ host, runId, path }: IProps): ReactElement {
  const trans = useTranslation();
  const name = path.slice(path.lastIndexOf('/') + 1);
  const image = IMAGES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
  const { data, problem, pending } = useAnswer(() => shown(host, runId, path, image), `${runId} ${path}`, 0);
  const url = useUrl(data instanceof Blob ? data : null);
  return (
    <section className="jp-mlops-preview" data-testid="mlops-preview" aria-label={path} aria-busy={pending}>
      <header>
        <strong className="jp-mlops-clip" title={path}>
          {path}
        </strong>
        <a className="jp-mlops-button" href={host.artifactUrl(runId, path)} download={name}>
          {trans.__('Download')}
        </a>
      </header>
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {problem}
        </div>
      )}
      {url !== null && <img src={url} alt={name} />}
      {typeof data === 'string' && <pre tabIndex={0}>{data}</pre>}
      {typeof data === 'string' && data.length >= MOST_TEXT && (
        <p className="jp-mlops-quiet">{trans.__('Only the beginning is shown.')}</p>
      )}
      {!pending && problem === null && data === null && (
        <p className="jp-mlops-quiet">{trans.__('This kind of file can not be shown here.')}</p>
      )}
    </section>
  );
}

async function shown(
  host: IRunsHost,
  runId: string,
  path: string,
  image: string | undefined
): Promise<Blob | string | null> {
  if (image !== undefined) {
    return new Blob([await host.artifactBytes(runId, path, null)], { type: image });
  }
  const bytes = await (await host.artifactBytes(runId, path, MOST_TEXT)).arrayBuffer();
  return asText(new Uint8Array(bytes));
}

/** Null for what is no text; the last character may have been cut. */
function asText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) {
    return null;
  }
  const text = new TextDecoder().decode(bytes);
  const broken = text.slice(0, -1).indexOf('\uFFFD');
  if (broken >= 0) {
    return null;
  }
  return text;
}

function useUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (blob === null) {
      setUrl(null);
      return;
    }
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
