import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { useEffect, useRef, type ReactElement } from 'react';

const MIME = 'text/markdown';

interface IProps {
  text: string;
  rendermime: IRenderMimeRegistry;
}

function Markdown({ text, rendermime }: IProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const renderer = rendermime.createRenderer(MIME);
    const model = rendermime.createModel({ data: { [MIME]: text }, trusted: false });
    place.current?.replaceChildren(renderer.node);
    void renderer.renderModel(model);
    return () => renderer.dispose();
  }, [text, rendermime]);
  return <div ref={place} className="jp-mlops-note-markdown" />;
}

/** Draws Markdown as JupyterLab does, and as little trusted as that of a notebook from elsewhere: it runs nothing. */
export const markdownBy =
  (rendermime: IRenderMimeRegistry) =>
  (text: string): ReactElement => <Markdown text={text} rendermime={rendermime} />;
