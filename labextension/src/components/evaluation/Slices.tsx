import type { ReactElement } from 'react';
import { columnFormat, formatNumber } from '../formats';
import { useTranslation } from '../translation';
import { Interval, spanOf } from './Interval';
import type { IEvaluation, IRowFilter } from './types';

interface IProps {
  evaluation: IEvaluation;
  chosen: IRowFilter;
  onChoose(filter: IRowFilter): void;
}

/** Groups of rows, the worst first; a group leads to its rows. */
export function Slices({ evaluation, chosen, onChoose }: IProps): ReactElement {
  const trans = useTranslation();
  const { slices, sliceMetric } = evaluation;
  const format = columnFormat(
    'metrics',
    slices.map(one => one.value)
  );
  const told = slices.find(one => Number.isFinite(one.difference));
  const overall = told && told.value - told.difference;
  const range = spanOf([...slices, { value: overall ?? NaN, interval: null }]);
  return (
    <div className="jp-mlops-scroller jp-mlops-slices">
      <table
        className="jp-mlops-table jp-mlops-plain"
        aria-label={trans.__('Slices')}
        data-testid="mlops-slices"
      >
        <thead>
          <tr>
            <th scope="col">{trans.__('Slice')}</th>
            <th scope="col">{trans.__('Group')}</th>
            <th scope="col" className="jp-mlops-number">
              {trans.__('Rows')}
            </th>
            <th scope="col" className="jp-mlops-number">
              {sliceMetric}
            </th>
            <th scope="col">{trans.__('Interval')}</th>
            <th scope="col" className="jp-mlops-number">
              {trans.__('Against all rows')}
            </th>
          </tr>
        </thead>
        <tbody>
          {slices.map(one => {
            const pressed = chosen.slice === one.slice && chosen.group === one.group;
            return (
              <tr key={`${one.slice} ${one.group}`}>
                <td>{one.slice}</td>
                <th scope="row">
                  <button
                    type="button"
                    className="jp-mlops-link"
                    aria-pressed={pressed}
                    title={trans.__('Show its rows')}
                    onClick={() => onChoose(pressed ? {} : { slice: one.slice, group: one.group })}
                  >
                    {one.group}
                  </button>
                </th>
                <td className="jp-mlops-number">{one.rows.toLocaleString()}</td>
                <td className="jp-mlops-number" title={String(one.value)}>
                  {format(one.value)}
                </td>
                <td>
                  <Interval value={one.value} interval={one.interval} range={range} reference={overall} />
                </td>
                <td className="jp-mlops-number">
                  {one.difference > 0 ? '+' : ''}
                  {formatNumber(one.difference, 3)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
