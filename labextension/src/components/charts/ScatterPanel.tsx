import type { ReactElement } from 'react';
import { useTranslation } from '../translation';
import { chosen } from './bundles';
import { Chart } from './Chart';
import { Check } from '../Check';
import { logAxes } from './logAxes';
import { ColourChoice } from './ColourChoice';
import { FieldChoice } from './FieldChoice';
import type { IPanelProps } from './types';
import { useChart } from './useChart';

/** Runs as points of any two of their params and metrics. */
export function ScatterPanel(props: IPanelProps): ReactElement {
  const { query, options, onOptions } = props;
  const trans = useTranslation();
  const answer = useChart(props, 'chart_scatter', {
    query,
    x: options.x ?? null,
    y: options.y ?? null,
    color: options.color ?? null,
    size: options.size ?? null,
    log: logAxes(options.log_x === true, options.log_y === true)
  });
  const { data } = answer;
  const fields = data?.fields ?? [];
  const numbers = fields.filter(field => field.kind === 'number');
  const isNumber = (name: string): boolean => numbers.some(field => field.id === chosen(options, data, name));
  return (
    <Chart
      panel={props}
      answer={answer}
      label={trans.__('The compared runs as points')}
      empty={trans.__('No run has both. Choose other axes, or log metrics with mlflow.log_metric.')}
      hint={trans.__('Drag round points to select their runs; double-click lets them go.')}
    >
      {(['x', 'y'] as const).map(axis => (
        <FieldChoice
          key={axis}
          label={axis}
          value={chosen(options, data, axis)}
          fields={fields}
          testid={`mlops-scatter-${axis}`}
          onChoice={value => onOptions({ [axis]: value })}
        />
      ))}
      <ColourChoice chart={data} options={options} onOptions={onOptions} testid="mlops-scatter-color" />
      <FieldChoice
        label={trans.__('Size')}
        value={chosen(options, data, 'size')}
        fields={numbers}
        none={trans.__('none')}
        testid="mlops-scatter-size"
        onChoice={size => onOptions({ size })}
      />
      {isNumber('x') && (
        <Check
          label={trans.__('Log x')}
          checked={options.log_x === true}
          testid="mlops-scatter-log-x"
          onChange={log_x => onOptions({ log_x })}
        />
      )}
      {isNumber('y') && (
        <Check
          label={trans.__('Log y')}
          checked={options.log_y === true}
          onChange={log_y => onOptions({ log_y })}
        />
      )}
    </Chart>
  );
}
