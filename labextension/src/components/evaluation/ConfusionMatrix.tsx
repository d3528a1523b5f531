import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import type { IRowFilter } from './types';

interface IProps {
  labels: string[];
  matrix: number[][];
  chosen: IRowFilter;
  onChoose(filter: IRowFilter): void;
}

/** How often each label was taken for each, with recall and precision; a cell leads to its rows. */
export function ConfusionMatrix({ labels, matrix, chosen, onChoose }: IProps): ReactElement {
  const trans = useTranslation();
  const rows = matrix.map(sum);
  const columns = labels.map((_, at) => sum(matrix.map(row => row[at] ?? 0)));
  return (
    <div className="jp-mlops-scroller">
      <table
        className="jp-mlops-confusion"
        aria-label={trans.__('Confusion matrix')}
        data-testid="mlops-confusion"
      >
        <thead>
          <tr>
            <td />
            <th scope="colgroup" colSpan={labels.length} className="jp-mlops-quiet">
              {trans.__('predicted')}
            </th>
            <td />
          </tr>
          <tr>
            <th scope="col" className="jp-mlops-quiet">
              {trans.__('true')}
            </th>
            {labels.map((label, at) => (
              <th key={at} scope="col" title={label}>
                {label}
              </th>
            ))}
            <th scope="col" className="jp-mlops-quiet">
              {trans.__('recall')}
            </th>
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, right) => {
            const total = rows[right] || 1;
            return (
              <tr key={right}>
                <th scope="row" title={labels[right]}>
                  {labels[right]}
                </th>
                {row.map((count, predicted) => {
                  const pressed = chosen.right === right && chosen.predicted === predicted;
                  return (
                    <td key={predicted}>
                      <button
                        type="button"
                        className={right === predicted ? 'jp-mlops-right' : 'jp-mlops-wrong'}
                        style={{ '--jp-mlops-share': count / total } as React.CSSProperties}
                        aria-pressed={pressed}
                        disabled={count === 0}
                        title={trans.__(
                          '%1 taken for %2: %3 of %4 rows',
                          labels[right] ?? '',
                          labels[predicted] ?? '',
                          formatNumber(count),
                          formatNumber(total)
                        )}
                        onClick={() => onChoose(pressed ? {} : { right, predicted })}
                      >
                        {formatNumber(count)}
                      </button>
                    </td>
                  );
                })}
                <Rate hits={row[right]} of={rows[right]} />
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" className="jp-mlops-quiet">
              {trans.__('precision')}
            </th>
            {labels.map((_, at) => (
              <Rate key={at} hits={matrix[at]?.[at]} of={columns[at]} />
            ))}
            <td />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** Empty where there is nothing to be right about. */
function Rate({ hits = 0, of = 0 }: { hits?: number | undefined; of?: number | undefined }): ReactElement {
  return <td className="jp-mlops-quiet jp-mlops-confusion-rate">{of > 0 && formatNumber(hits / of, 3)}</td>;
}

function sum(values: number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
