import { useMemo, useState, type ReactElement } from 'react';
import { Figure } from '../Figure';
import { FigureTabs } from '../FigureTabs';
import { formatBytes, formatDuration, formatNumber } from '../formats';
import type { ITable } from '../runs/files';
import { useTranslation, type ITranslate } from '../translation';
import { ConfusionMatrix } from './ConfusionMatrix';
import { Metrics } from './Metrics';
import { Rows } from './Rows';
import { Slices } from './Slices';
import type { IEvaluation, IEvaluationHost, IRowFilter } from './types';

/** A matrix of more labels than these is a picture, not a table. */
const MOST_CELLS = 12;

interface IProps {
  host: IEvaluationHost;
  evaluation: IEvaluation;
  saved?: ITable | null;
  /** Where its run is shown, from elsewhere. */
  href?: string | undefined;
}

/** A model on some data: metrics, figures, slices, and the rows behind all of it. */
export function Evaluation({ host, evaluation, saved = null, href }: IProps): ReactElement {
  const trans = useTranslation();
  const [filter, setFilter] = useState<IRowFilter>({});
  const { labels, matrix, slices, figures, cost } = evaluation;
  const asTable = matrix !== null && labels.length <= MOST_CELLS;
  const drawn = useMemo(
    () => figures.filter(([name]) => !(asTable && name === 'matrix')),
    [figures, asTable]
  );
  const [tab, setTab] = useState('');
  const shown = drawn.find(([name]) => name === tab) ?? drawn[0];
  return (
    <div
      role="group"
      className="jp-mlops-evaluation"
      data-testid="mlops-evaluation"
      data-run-id={evaluation.runId}
      aria-label={trans.__('Evaluation')}
    >
      <p className="jp-mlops-evaluation-head">
        {headOf(evaluation, trans)}
        {href !== undefined && (
          <>
            {' · '}
            <a className="jp-mlops-link" href={href}>
              {trans.__('Open the run')}
            </a>
          </>
        )}
      </p>
      <div className="jp-mlops-evaluation-body">
        <div>
          <Metrics evaluation={evaluation} />
          {cost !== null && (
            <p className="jp-mlops-note">
              {trans.__(
                'Predicted in %1: %2 rows a second',
                formatDuration(cost.seconds),
                formatNumber(Math.round(cost.rowsPerSecond))
              )}
              {cost.memoryBytes !== null && ` · ${trans.__('%1 of memory', formatBytes(cost.memoryBytes))}`}
            </p>
          )}
        </div>
        {asTable && <ConfusionMatrix labels={labels} matrix={matrix} chosen={filter} onChoose={setFilter} />}
        {shown !== undefined && (
          <FigureTabs
            tabs={drawn.map(([name]) => [name, titleOf(name, trans)] as const)}
            tab={shown[0]}
            onTab={setTab}
          >
            <Figure
              key={shown[0]}
              host={host}
              figure={shown[1]}
              label={titleOf(shown[0], trans)}
              testid="mlops-evaluation-figure"
            />
          </FigureTabs>
        )}
      </div>
      {slices.length > 0 && (
        <section aria-label={trans.__('Slices')}>
          <h3 className="jp-mlops-evaluation-title">{trans.__('Slices, the worst first')}</h3>
          <Slices evaluation={evaluation} chosen={filter} onChoose={setFilter} />
        </section>
      )}
      <Rows host={host} evaluation={evaluation} filter={filter} saved={saved} onFilter={setFilter} />
    </div>
  );
}

function headOf(
  { model, data, rows, isClassifier, calibrationError }: IEvaluation,
  trans: ITranslate
): string {
  const parts = [
    isClassifier ? trans.__('Classifier') : trans.__('Regressor'),
    model,
    data,
    trans._n('%1 row', '%1 rows', rows),
    calibrationError !== null && trans.__('calibration error %1', formatNumber(calibrationError))
  ];
  return parts.filter(part => typeof part === 'string' && part !== '').join(' · ');
}

function titleOf(figure: string, trans: ITranslate): string {
  switch (figure) {
    case 'matrix':
      return trans.__('Confusion matrix');
    case 'roc':
      return trans.__('ROC');
    case 'precision_recall':
      return trans.__('Precision and recall');
    case 'calibration':
      return trans.__('Calibration');
    case 'predictions':
      return trans.__('Predicted and right');
    case 'errors':
      return trans.__('Errors');
    default:
      return figure;
  }
}
