import type { ReactElement } from 'react';
import { useTranslation } from '../translation';
import { useAnswer } from '../useAnswer';
import type { IRunsHost } from './types';

const MOST_TEXT = 200_000;
const MOST_IMAGE = 20_000_000;
const IMAGES: { [ending: string]: string } = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
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
      {data?.image !== undefined && <img src={data.image} alt={name} />}
      {data?.text !== undefined && <pre tabIndex={0}>{data.text}</pre>}
      {data?.text !== undefined && data.text.length >= MOST_TEXT && (
        <p className="jp-mlops-quiet">{trans.__('Only the beginning is shown.')}</p>
      )}
      {!pending && problem === null && data === null && (
        <p className="jp-mlops-quiet">{trans.__('This kind of file can not be shown here.')}</p>
      )}
    </section>
  );
}

interface IShown {
  /** An address that holds the image itself: opened as a page it is nobody's, whatever an SVG has inside. */
  image?: string;
  text?: string;
}

async function shown(
  host: IRunsHost,
  runId: string,
  path: string,
  image: string | undefined
): Promise<IShown | null> {
  const bytes = await host.artifactBytes(runId, path, image === undefined ? MOST_TEXT : MOST_IMAGE);
  if (image === undefined) {
    const text = asText(new Uint8Array(await bytes.arrayBuffer()));
    return text === null ? null : { text };
  }
  return bytes.size < MOST_IMAGE ? { image: await dataUrl(new Blob([bytes], { type: image })) } : null;
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

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error(blob.type));
    reader.readAsDataURL(blob);
  });
}
