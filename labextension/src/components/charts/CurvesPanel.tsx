import { useEffect, useMemo, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { onlyRuns, tracesByRun } from '../figures/traces';
import { texts } from '../parse';
import { useTranslation } from '../translation';
import { chosen } from './bundles';
import { Chart } from './Chart';
import type { IPanelProps } from './types';
import { useChart } from './useChart';

/** More lines than this can't be told apart: then the selected runs are drawn, or the first ones. */
const MOST = 100;

/** Metrics over steps or times, a line a run. */
export function CurvesPanel(props: IPanelProps): ReactElement {
  const { all, runs, selection, options, onOptions, onColours } = props;
  const trans = useTranslation();
  const drawn = useMemo(
    () => (all.length <= MOST ? all : (selection.length > 0 ? selection : runs).slice(0, MOST)),
    [all, selection, runs]
  );
  const key = options.key ?? null;
  const answer = useChart(props, 'curves', { run_ids: drawn, key, x: options.x ?? 'step' });
  const { data } = answer;
  const shown = useMemo(() => new Set(runs), [runs]);
  const figure = useMemo(() => data && onlyRuns(data.figure, shown), [data, shown]);
  useEffect(() => onColours(tracesByRun(data?.figure)), [data, onColours]);
  const metric = chosen(options, data, 'key');
  return (
    <Chart
      panel={props}
      answer={answer}
      figure={figure}
      label={trans._n('%2 of %1 run', '%2 of %1 runs', drawn.length, metric)}
      empty={trans.__('No run has a metric yet. Log one with a step to see its curve.')}
    >
      <Choice
        label={trans.__('Metric')}
        value={metric}
        options={texts(data?.chosen.keys ?? [metric]).map(one => [one, one] as const)}
        onChoice={value => onOptions({ key: value })}
      />
    </Chart>
  );
}
