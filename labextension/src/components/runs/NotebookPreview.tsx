import { useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import { ansiLines } from './ansi';
import type { INotebookCell, IOutput } from './files';

const PART = 50;

interface IProps {
  cells: INotebookCell[];
  total: number;
}

/** A notebook to read: HTML in it was made harmless by Python, images hold themselves. */
export function NotebookPreview({ cells, total }: IProps): ReactElement {
  const trans = useTranslation();
  const [most, setMost] = useState(PART);
  return (
    <div className="jp-mlops-notebook" data-testid="mlops-notebook">
      {cells.length === 0 && <p className="jp-mlops-quiet">{trans.__('The notebook has no cells.')}</p>}
      {cells.slice(0, most).map((cell, at) => (
        <Cell key={at} cell={cell} />
      ))}
      {cells.length > most && (
        <button type="button" className="jp-mlops-button" onClick={() => setMost(most + PART)}>
          {trans.__('Show more of %1 cells', cells.length)}
        </button>
      )}
      {cells.length <= most && total > cells.length && (
        <p className="jp-mlops-note">{trans.__('The first %1 of %2 cells.', cells.length, total)}</p>
      )}
    </div>
  );
}

function Cell({ cell }: { cell: INotebookCell }): ReactElement {
  if (cell.html !== null) {
    return (
      <div
        className="jp-mlops-note-markdown jp-mlops-notebook-cell"
        dangerouslySetInnerHTML={{ __html: cell.html }}
      />
    );
  }
  return (
    <div className="jp-mlops-notebook-cell" data-kind={cell.kind}>
      {cell.kind === 'code' && (
        <span className="jp-mlops-quiet jp-mlops-notebook-count">[{cell.count ?? ' '}]</span>
      )}
      <pre tabIndex={0}>{cell.source}</pre>
      {cell.outputs.map((output, at) => (
        <Output key={at} output={output} />
      ))}
    </div>
  );
}

function Output({ output }: { output: IOutput }): ReactElement {
  const trans = useTranslation();
  switch (output.kind) {
    case 'html':
      return (
        <div
          className="jp-mlops-notebook-output jp-mlops-scroller"
          dangerouslySetInnerHTML={{ __html: output.text }}
        />
      );
    case 'image':
      return (
        <div className="jp-mlops-notebook-output">
          <img src={output.text} alt={trans.__('Output')} />
        </div>
      );
    case 'other':
      return (
        <p className="jp-mlops-notebook-output jp-mlops-quiet">
          {trans.__('An output that is not shown here: %1', output.text)}
        </p>
      );
    default:
      return (
        <pre className="jp-mlops-notebook-output" data-kind={output.kind} tabIndex={0}>
          {ansiLines(output.text).map((pieces, at) => (
            <div key={at}>
              {pieces.map((one, index) => (
                <span key={index} data-look={one.look || undefined}>
                  {one.text}
                </span>
              ))}
              {'\n'}
            </div>
          ))}
        </pre>
      );
  }
}
