import { useEffect, useState, type ReactElement } from 'react';

interface IProps {
  text: string;
  /** Makes harmless HTML of Markdown. */
  html(markdown: string): Promise<string>;
}

/** Markdown where the host has nothing that draws it: Python makes the HTML. */
export function HtmlNote({ text, html }: IProps): ReactElement {
  const [made, setMade] = useState<string | null>(null);
  useEffect(() => {
    let late = false;
    html(text).then(
      answer => !late && setMade(answer),
      () => !late && setMade(null)
    );
    return () => {
      late = true;
    };
  }, [text, html]);
  return made === null ? (
    <div className="jp-mlops-note-markdown jp-mlops-plain-note">{text}</div>
  ) : (
    <div className="jp-mlops-note-markdown" dangerouslySetInnerHTML={{ __html: made }} />
  );
}
