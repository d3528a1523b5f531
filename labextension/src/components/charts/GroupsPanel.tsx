import type { ReactElement } from 'react';
import { Choice } from '../Choice';
import { text } from '../parse';
import { useTranslation } from '../translation';
import { chosen } from './bundles';
import { Chart } from './Chart';
import { FieldChoice } from './FieldChoice';
import type { IPanelProps } from './types';
import { useChart } from './useChart';

/** A metric by the values of a param or tag, in boxes or bars. */
export function GroupsPanel(props: IPanelProps): ReactElement {
  const { query, options, onOptions } = props;
  const trans = useTranslation();
  const shape = text(options.shape, 'box');
  const answer = useChart(props, 'chart_groups', {
    query,
    by: options.by ?? null,
    metric: options.metric ?? null,
    shape
  });
  const { data } = answer;
  const fields = data?.fields ?? [];
  return (
    <Chart
      panel={props}
      answer={answer}
      label={trans.__('A metric by group')}
      empty={trans.__('No run has a metric yet. Log one with mlflow.log_metric.')}
      hint={
        shape === 'bar'
          ? trans.__('Whiskers are standard deviations. Click a bar to select its runs.')
          : trans.__('Each point is a run. Click one to select it.')
      }
    >
      <FieldChoice
        label={trans.__('Metric')}
        value={chosen(options, data, 'metric')}
        fields={fields.filter(field => field.kind === 'number')}
        testid="mlops-groups-metric"
        onChoice={metric => onOptions({ metric })}
      />
      <FieldChoice
        label={trans.__('by')}
        value={chosen(options, data, 'by')}
        fields={fields.filter(field => field.group !== 'metrics')}
        testid="mlops-groups-by"
        onChoice={by => onOptions({ by })}
      />
      <Choice
        label={trans.__('as')}
        value={shape}
        testid="mlops-groups-shape"
        options={[
          ['box', trans.__('Boxes')],
          ['bar', trans.__('Bars of means')]
        ]}
        onChoice={value => onOptions({ shape: value })}
      />
    </Chart>
  );
}
