import { Fragment, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IDiff, ILine } from './differences';

const SIGNS = { same: ' ', removed: '−', added: '+' };

/** Lines of two texts as in a code review: what went, what came, and what stands around it. */
export function DiffText({ diff, label }: { diff: IDiff; label: string }): ReactElement {
  const trans = useTranslation();
  if (diff.hunks.length === 0) {
    return <p className="jp-mlops-empty">{trans.__('The texts are the same.')}</p>;
  }
  return (
    <div className="jp-mlops-scroller jp-mlops-diff" tabIndex={0} role="group" aria-label={label}>
      <table data-testid="mlops-diff">
        <thead className="jp-mlops-sr">
          <tr>
            <th scope="col">{trans.__('Old line')}</th>
            <th scope="col">{trans.__('New line')}</th>
            <th scope="col">{trans.__('Change')}</th>
            <th scope="col">{trans.__('Text')}</th>
          </tr>
        </thead>
        {diff.hunks.map((hunk, at) => (
          <tbody key={at}>
            {hunk.map((line, index) => (
              <tr key={index} data-kind={line.kind}>
                <td className="jp-mlops-line-number">{line.old}</td>
                <td className="jp-mlops-line-number">{line.new}</td>
                <td>{SIGNS[line.kind]}</td>
                <td>
                  <Marked line={line} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {diff.cut && <p className="jp-mlops-note">{trans.__('Only the beginning was compared.')}</p>}
    </div>
  );
}

function Marked({ line }: { line: ILine }): ReactElement {
  let at = 0;
  const parts = line.marks.map(([from, to], index) => {
    const before = line.text.slice(at, from);
    at = to;
    return (
      <Fragment key={index}>
        {before}
        <mark>{line.text.slice(from, to)}</mark>
      </Fragment>
    );
  });
  return (
    <code>
      {parts}
      {line.text.slice(at)}
    </code>
  );
}
