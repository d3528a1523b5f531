import type { ReactElement } from 'react';
import { copyText } from '../clipboard';
import { CopyButton } from '../CopyButton';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import type { Cell } from '../types';
import { asCsv } from './csv';
import type { INumbers } from './types';

const MOST_ROWS = 500;

interface IProps {
  id: string;
  label: string;
  numbers: INumbers;
}

/** The numbers behind a chart, for who does not see it or wants them elsewhere. */
export function DataTable({ id, label, numbers }: IProps): ReactElement {
  const trans = useTranslation();
  const { columns, rows } = numbers;
  const left = rows.length - MOST_ROWS;
  return (
    <div id={id} className="jp-mlops-chart-data" data-testid="mlops-chart-data">
      <CopyButton text={asCsv(numbers)} label={trans.__('Copy as CSV')} copy={copyText} />
      <div className="jp-mlops-scroller" tabIndex={0} role="group" aria-label={trans.__('Data: %1', label)}>
        <table className="jp-mlops-table jp-mlops-plain" aria-label={label}>
          <thead>
            <tr>
              {columns.map(column => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map((row, index) => (
              <tr key={index}>
                {row.map((value, at) => (
                  <td key={at} className={typeof value === 'number' ? 'jp-mlops-number' : undefined}>
                    {shown(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && (
        <p className="jp-mlops-note">
          {trans._n('%1 more row is in the CSV.', '%1 more rows are in the CSV.', left)}
        </p>
      )}
    </div>
  );
}

function shown(value: Cell): string {
  return typeof value === 'number' ? formatNumber(value) : (value ?? '');
}
