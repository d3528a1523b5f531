import { useEffect, useState, type ReactElement } from 'react';
import { TablePreview } from '../runs/TablePreview';
import type { ITable } from '../runs/files';
import { useTranslation, type ITranslate } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import { askRows } from './answers';
import type { IEvaluation, IEvaluationHost, IRowFilter } from './types';

interface IProps {
  host: IEvaluationHost;
  evaluation: IEvaluation;
  filter: IRowFilter;
  /** What is shown where nobody answers. */
  saved: ITable | null;
  onFilter(filter: IRowFilter): void;
}

/** The rows that are meant, those that the model was most wrong about first. */
export function Rows({ host, evaluation, filter, saved, onFilter }: IProps): ReactElement {
  const trans = useTranslation();
  const [offset, setOffset] = useState(0);
  const about = JSON.stringify([evaluation.runId, evaluation.prefix, filter]);
  useEffect(() => setOffset(0), [about]);
  const answer = useAnswer(() => askRows(host, evaluation, filter, offset), `${about} ${offset}`, 0, about);
  const isAll = Object.keys(filter).length === 0;
  const table = answer.kept ?? (isAll ? saved : null);
  const title = titleOf(filter, evaluation, trans);
  return (
    <section data-testid="mlops-evaluation-rows" aria-label={trans.__('Rows')} aria-busy={answer.pending}>
      <div className="jp-mlops-toolbar">
        <h3 className="jp-mlops-evaluation-title" aria-live="polite">
          {title}
        </h3>
        {evaluation.isClassifier && (
          <label>
            <input
              type="checkbox"
              checked={filter.wrong === true}
              disabled={filter.right !== undefined}
              onChange={({ target }) => {
                const { wrong: _, ...rest } = filter;
                onFilter(target.checked ? { ...rest, wrong: true } : rest);
              }}
            />{' '}
            {trans.__('wrong ones only')}
          </label>
        )}
        {!isAll && (
          <button type="button" className="jp-mlops-link" onClick={() => onFilter({})}>
            {trans.__('Show all')}
          </button>
        )}
      </div>
      {evaluation.kept < evaluation.rows && (
        <p className="jp-mlops-note">
          {trans.__(
            'Of a sample: %1 of %2 rows were kept.',
            evaluation.kept.toLocaleString(),
            evaluation.rows.toLocaleString()
          )}
        </p>
      )}
      {/* Without an answer the saved rows are what there is. */}
      {(table === null || answer.problem === null) && (
        <Trouble problem={answer.problem} pending={table === null} />
      )}
      {answer.problem !== null && table !== null && (
        <p className="jp-mlops-note">{trans.__('As saved: %1', answer.problem)}</p>
      )}
      {table !== null && <TablePreview label={title} table={table} onOffset={setOffset} />}
    </section>
  );
}

function titleOf(filter: IRowFilter, { labels, isClassifier }: IEvaluation, trans: ITranslate): string {
  if (filter.right !== undefined && filter.predicted !== undefined) {
    return trans.__('Rows of %1 taken for %2', labels[filter.right] ?? '', labels[filter.predicted] ?? '');
  }
  if (filter.slice !== undefined) {
    return trans.__('Rows with %1: %2', filter.slice, filter.group ?? '');
  }
  return isClassifier
    ? trans.__('All rows, those that it was most wrong about first')
    : trans.__('All rows, the largest errors first');
}
