import type { ReactElement } from 'react';
import { texts } from '../parse';
import { useTranslation } from '../translation';
import { severalChosen } from './bundles';
import { Chart } from './Chart';
import { ColourChoice } from './ColourChoice';
import { fieldName } from './FieldChoice';
import { Several } from './Several';
import type { IPanelProps } from './types';
import { useChart } from './useChart';

const MOST_AXES = 20;

/** Runs as lines over an axis for each param and metric; what is brushed on the axes is selected. */
export function ParallelPanel(props: IPanelProps): ReactElement {
  const { query, options, onOptions } = props;
  const trans = useTranslation();
  const answer = useChart(props, 'chart_parallel', {
    query,
    columns: texts(options.columns),
    color: options.color ?? null
  });
  const { data } = answer;
  const fields = data?.fields ?? [];
  return (
    <Chart
      panel={props}
      answer={answer}
      label={trans.__('Parallel coordinates of the compared runs')}
      empty={trans.__(
        'Nothing differs between these runs. Log params with mlflow.log_params to see what they do.'
      )}
      hint={trans.__('Drag along an axis to select runs, click the axis to let them go.')}
    >
      <Several
        label={trans.__('Axes')}
        chosen={severalChosen(
          options,
          data,
          'columns',
          fields.map(({ id }) => id)
        )}
        options={fields.map(field => [field.id, fieldName(field, trans)] as const)}
        most={MOST_AXES}
        testid="mlops-parallel-axes"
        onChosen={columns => onOptions({ columns })}
      />
      <ColourChoice chart={data} options={options} onOptions={onOptions} testid="mlops-parallel-color" />
    </Chart>
  );
}
