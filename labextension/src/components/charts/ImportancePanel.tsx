import type { ReactElement } from 'react';
import { useTranslation } from '../translation';
import { chosen } from './bundles';
import { Chart } from './Chart';
import { FieldChoice } from './FieldChoice';
import type { IPanelProps } from './types';
import { useChart } from './useChart';

/** Which params a metric depends on. */
export function ImportancePanel(props: IPanelProps): ReactElement {
  const { query, options, onOptions } = props;
  const trans = useTranslation();
  const answer = useChart(props, 'chart_importances', { query, metric: options.metric ?? null });
  const { data } = answer;
  return (
    <Chart
      panel={props}
      answer={answer}
      label={trans.__('Importance of params')}
      empty={trans.__(
        'Five runs or more with this metric, whose params differ, are needed to tell which params matter. Log them with mlflow.log_params.'
      )}
      hint={trans.__('Numbers on the bars are correlations.')}
    >
      <FieldChoice
        label={trans.__('Metric')}
        value={chosen(options, data, 'metric')}
        fields={(data?.fields ?? []).filter(field => field.group === 'metrics')}
        testid="mlops-importance-metric"
        onChoice={metric => onOptions({ metric })}
      />
    </Chart>
  );
}
