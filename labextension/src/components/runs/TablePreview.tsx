import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import { LongText } from './LongText';
import type { ITable } from './files';

const PAGE = 50;

interface IProps {
  label: string;
  table: ITable;
  onOffset(offset: number): void;
}

/** Rows of a table with the types of its columns, a page at a time. */
export function TablePreview({ label, table, onOffset }: IProps): ReactElement {
  const trans = useTranslation();
  const { columns, width, rows, total, offset } = table;
  const numeric = columns.map((_, at) => rows.some(row => typeof row[at] === 'number'));
  const last = Math.max(0, Math.ceil(total / PAGE) - 1) * PAGE;
  const go = (to: number, text: string, disabled: boolean, testid: string): ReactElement => (
    <button
      type="button"
      className="jp-mlops-button"
      disabled={disabled}
      data-testid={testid}
      onClick={() => onOffset(to)}
    >
      {text}
    </button>
  );
  return (
    <>
      <div className="jp-mlops-toolbar">
        <span role="status" data-testid="mlops-table-count">
          {total === 0
            ? trans.__('No rows')
            : trans.__(
                'Rows %1–%2 of %3',
                (offset + 1).toLocaleString(),
                (offset + rows.length).toLocaleString(),
                total.toLocaleString()
              )}
          {' · '}
          {width > columns.length
            ? trans.__('the first %1 of %2 columns', columns.length, width)
            : trans._n('%1 column', '%1 columns', width)}
        </span>
        {total > PAGE && (
          <span className="jp-mlops-preview-tools">
            {go(0, trans.__('First'), offset === 0, 'mlops-table-first')}
            {go(Math.max(0, offset - PAGE), trans.__('Previous'), offset === 0, 'mlops-table-previous')}
            {go(offset + PAGE, trans.__('Next'), offset + PAGE >= total, 'mlops-table-next')}
            {go(last, trans.__('Last'), offset >= last, 'mlops-table-last')}
          </span>
        )}
      </div>
      <div className="jp-mlops-scroller jp-mlops-preview-table" tabIndex={0} role="group" aria-label={label}>
        <table className="jp-mlops-table jp-mlops-plain" aria-label={label} data-testid="mlops-table">
          <thead>
            <tr>
              <th scope="col" aria-label={trans.__('Row')} />
              {columns.map(({ name, type }, at) => (
                <th key={at} scope="col" className={numeric[at] === true ? 'jp-mlops-number' : undefined}>
                  {name}
                  <div className="jp-mlops-quiet jp-mlops-column-type">{type.toLowerCase()}</div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={offset + index}>
                <th scope="row" className="jp-mlops-line-number">
                  {offset + index + 1}
                </th>
                {columns.map((column, at) => {
                  const value = row[at] ?? null;
                  return (
                    <td key={at} className={typeof value === 'number' ? 'jp-mlops-number' : undefined}>
                      {value === null ? (
                        <span className="jp-mlops-quiet">null</span>
                      ) : typeof value === 'number' ? (
                        <span title={String(value)}>{formatNumber(value, 6)}</span>
                      ) : (
                        <LongText text={value} label={column.name} />
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
