import { useEffect, useState, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { tracesByRun } from '../figures/traces';
import { number, text, texts } from '../parse';
import { useSettled } from '../useSettled';
import { useTranslation } from '../translation';
import { severalChosen } from './bundles';
import { Chart } from './Chart';
import { Check } from '../Check';
import { logAxes } from './logAxes';
import { Several } from './Several';
import { Smoothing } from './Smoothing';
import type { IPanelProps } from './types';
import { useChart } from './useChart';
import { xAxes } from './xAxes';

/** More lines than this can't be told apart: then the selected runs are drawn, or the first ones. */
const MOST = 100;
const MOST_METRICS = 12;

const NO_COLOURS: ReadonlyMap<string, string> = new Map();

type Range = [number, number] | null;

/** With as much again beside it, so that lines go on to the edge and it can be moved a little. */
function padded(range: Range): Range {
  return range && [range[0] - (range[1] - range[0]) / 2, range[1] + (range[1] - range[0]) / 2];
}

/** Metrics over steps or times, a line a run. */
export function CurvesPanel(props: IPanelProps): ReactElement {
  return <Courses {...props} system={false} />;
}

/** What the machine did meanwhile. */
export function SystemPanel(props: IPanelProps): ReactElement {
  return <Courses {...props} system />;
}

function Courses({ system, ...props }: IPanelProps & { system: boolean }): ReactElement {
  const { total, selection, options, onOptions, onColours } = props;
  const trans = useTranslation();
  const [range, setRange] = useState<Range>(null);
  const x = text(options.x, system ? 'relative' : 'step');
  const runs = total > MOST && selection.length > 0 ? selection.slice(0, MOST) : null;
  const smoothing = number(options.smoothing) ?? 0;
  const answer = useChart(props, 'chart_curves', {
    query: props.query,
    keys: texts(options.keys),
    runs,
    x,
    x_key: options.x_key ?? null,
    log: logAxes(options.log_x === true, options.log_y === true),
    smoothing: useSettled(smoothing),
    together: options.together === true,
    between: useSettled(range),
    system
  });
  const { data } = answer;
  useEffect(() => onColours(tracesByRun(data?.figure)), [data, onColours]);
  useEffect(() => () => onColours(NO_COLOURS), [onColours]);
  const metrics = texts(data?.chosen.metrics);
  const keys = severalChosen(options, data, 'keys', metrics);
  const name = (key: string): string => (system ? key.replace(/^system\//, '') : key);
  const over = x === 'metric' ? `metric ${text(options.x_key)}` : x;
  const change = (part: object): void => {
    setRange(null);
    onOptions({ ...part });
  };
  return (
    <Chart
      panel={props}
      answer={answer}
      onRange={range => setRange(padded(range))}
      label={trans._n('%2 of %1 run', '%2 of %1 runs', number(data?.chosen.runs) ?? total, keys.join(', '))}
      empty={
        system ? (
          <>
            {trans.__('No run has metrics of its machine. They are logged after')}{' '}
            <code>mlflow.enable_system_metrics_logging()</code>
          </>
        ) : (
          <>
            {trans.__('No run has a metric yet. Log one with a step to see its course:')}{' '}
            <code>mlflow.log_metric("loss", value, step=epoch)</code>
          </>
        )
      }
      note={
        total > MOST
          ? selection.length > 0
            ? trans.__('Curves of the selected runs, at most %1.', MOST)
            : trans.__('Curves of the first %1 runs. Select rows to choose others.', MOST)
          : null
      }
    >
      <Several
        label={trans.__('Metrics')}
        chosen={keys}
        options={metrics.map(key => [key, name(key)] as const)}
        most={MOST_METRICS}
        testid="mlops-curve-metrics"
        onChosen={value => onOptions({ keys: value })}
      />
      <Choice
        label={trans.__('over')}
        value={over}
        testid="mlops-curve-x"
        options={[...xAxes(trans), ...(system ? [] : metrics.map(key => [`metric ${key}`, key] as const))]}
        onChoice={value =>
          change(
            value.startsWith('metric ') ? { x: 'metric', x_key: value.slice(7) } : { x: value, x_key: null }
          )
        }
      />
      <Smoothing
        value={smoothing}
        testid="mlops-curve-smoothing"
        onChange={value => onOptions({ smoothing: value })}
      />
      {x !== 'time' && (
        <Check
          label={trans.__('Log x')}
          checked={options.log_x === true}
          testid="mlops-curve-log-x"
          onChange={log_x => change({ log_x })}
        />
      )}
      <Check
        label={trans.__('Log y')}
        checked={options.log_y === true}
        testid="mlops-curve-log-y"
        onChange={log_y => change({ log_y })}
      />
      {keys.length > 1 && (
        <Check
          label={trans.__('In one chart')}
          checked={options.together === true}
          testid="mlops-curve-together"
          onChange={together => onOptions({ together })}
        />
      )}
    </Chart>
  );
}
