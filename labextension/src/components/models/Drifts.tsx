import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import { Bins } from './Bins';
import type { Band, IDrift, IMonitored } from './types';

const MOST_NAMES = 10;
const index = new Intl.NumberFormat(undefined, { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** How far each column has moved, the farthest first. */
export function Drifts({ monitored }: { monitored: IMonitored }): ReactElement {
  const trans = useTranslation();
  const { drifts, reference } = monitored;
  return (
    <section aria-label={trans.__('Drift')}>
      <h4>{trans.__('Drift')}</h4>
      <p className="jp-mlops-note">
        {comparedText(monitored, trans)}
        {reference.absent.length > 0 &&
          ` ${trans.__('Not in the log: %1.', namesText(reference.absent, trans))}`}
        {reference.lacks.length > 0 &&
          ` ${trans.__('Only in the log: %1.', namesText(reference.lacks, trans))}`}
      </p>
      {drifts.length > 0 && (
        <div className="jp-mlops-scroller">
          <table
            className="jp-mlops-table jp-mlops-plain jp-mlops-drifts"
            aria-label={trans.__('Drift')}
            data-testid="mlops-drifts"
          >
            <thead>
              <tr>
                <th scope="col">{trans.__('Column')}</th>
                <th
                  scope="col"
                  className="jp-mlops-number"
                  title={trans.__('Population stability index: below 0.1 stable, above 0.25 large')}
                >
                  {trans.__('PSI')}
                </th>
                <th scope="col">{trans.__('Drift')}</th>
                <th
                  scope="col"
                  title={trans.__(
                    'Share of rows in each tenth of the numbers before, from the least, or with each of the most frequent values; missing values last'
                  )}
                >
                  <span className="jp-mlops-bins-before">{trans.__('Before')}</span>{' '}
                  <span className="jp-mlops-bins-now">{trans.__('Now')}</span>
                </th>
                <th scope="col" className="jp-mlops-number">
                  {trans.__('Missing before')}
                </th>
                <th scope="col" className="jp-mlops-number">
                  {trans.__('Missing now')}
                </th>
              </tr>
            </thead>
            <tbody>
              {drifts.map(one => (
                <Row key={one.column} drift={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ drift }: { drift: IDrift }): ReactElement {
  const trans = useTranslation();
  const { column, kind, psi, band, missingBefore, missingNow, binsBefore, binsNow } = drift;
  return (
    <tr className="jp-mlops-row" data-column={column} data-band={band}>
      <th scope="row" title={kind}>
        {column}
      </th>
      <td className="jp-mlops-number">{psi === null ? '–' : index.format(psi)}</td>
      <td title={band === 'few rows' ? trans.__('So few rows differ as much by chance') : undefined}>
        {bandText(band, trans)}
      </td>
      <td>{kind !== 'time' && <Bins before={binsBefore} now={binsNow} />}</td>
      <td className="jp-mlops-number">{shareText(missingBefore, trans)}</td>
      <td className="jp-mlops-number">{shareText(missingNow, trans)}</td>
    </tr>
  );
}

function shareText(share: number, trans: ITranslate): string {
  return trans.__('%1 %', formatNumber(100 * share, 3));
}

function bandText(band: Band, trans: ITranslate): string {
  switch (band) {
    case 'stable':
      return trans.__('stable');
    case 'moderate':
      return trans.__('moderate');
    case 'large':
      return trans.__('large');
    case 'few rows':
      return trans.__('few rows');
  }
}

function namesText(names: string[], trans: ITranslate): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES
    ? trans.__('%1 and %2 more', shown, formatNumber(names.length - MOST_NAMES))
    : shown;
}

function comparedText(
  { isWhole, reference: { kind, rows, compared } }: IMonitored,
  trans: ITranslate
): string {
  if (kind === 'example') {
    return trans.__(
      '%1 rows compared with %2 of the model’s input example.',
      formatNumber(compared),
      formatNumber(rows)
    );
  }
  if (kind === 'training') {
    return trans.__(
      '%1 rows compared with %2 that the model was trained on.',
      formatNumber(compared),
      formatNumber(rows)
    );
  }
  return compared === 0
    ? trans.__(
        'Nothing to compare yet: neither a profile of the training data (serving.keep_training_data) nor an input example of 200 rows is kept with the model, so what comes after the first day of the log will be compared with that day.'
      )
    : trans.__(
        isWhole
          ? '%1 rows compared with %2 of the first day of the log.'
          : '%1 rows compared with %2 of the first day that is read of the log.',
        formatNumber(compared),
        formatNumber(rows)
      );
}
