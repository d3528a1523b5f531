import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { formatNumber } from '../formats';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import type { XAxis } from '../types';
import { useAnswer } from '../useAnswer';
import { useDrawing } from '../useDrawing';
import type { ILoggedMetric, IRunDetails, IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
}

/** Every metric that has a course, drawn when it comes into sight. */
export function Charts({ host, run }: IProps): ReactElement {
  const trans = useTranslation();
  const [x, setX] = useState<XAxis>('step');
  const [search, setSearch] = useState('');
  const courses = run.metrics.filter(({ points }) => points > 1);
  if (courses.length === 0) {
    return (
      <p className="jp-mlops-empty">
        {trans.__('No metric of this run has more than one point. Log one with a step to see its course:')}{' '}
        <code>mlflow.log_metric("loss", value, step=epoch)</code>
      </p>
    );
  }
  const found = courses.filter(({ key }) => key.toLowerCase().includes(search.toLowerCase()));
  return (
    <>
      <div className="jp-mlops-toolbar">
        <SearchBox
          value={search}
          label={trans.__('Search metrics')}
          testid="mlops-charts-search"
          onChange={setSearch}
        />
        <Choice
          label={trans.__('over')}
          value={x}
          testid="mlops-charts-axis"
          options={[
            ['step', trans.__('Step')],
            ['relative', trans.__('Relative time')],
            ['time', trans.__('Clock time')]
          ]}
          onChoice={value => setX(value as XAxis)}
        />
      </div>
      <div className="jp-mlops-charts">
        {found.map(metric => (
          <Chart key={metric.key} host={host} runId={run.runId} metric={metric} x={x} />
        ))}
      </div>
    </>
  );
}

interface IChart {
  host: IRunsHost;
  runId: string;
  metric: ILoggedMetric;
  x: XAxis;
}

function Chart({ host, runId, metric, x }: IChart): ReactElement {
  const trans = useTranslation();
  const { key, value, points } = metric;
  const card = useRef<HTMLElement>(null);
  const seen = useSeen(card);
  // A metric that has not moved is not read again.
  const about = `${runId} ${key} ${x}`;
  const answer = useAnswer(seen ? () => host.curve(runId, key, x) : null, about, points);
  const { place, problem } = useDrawing(host, answer.data);
  return (
    <figure ref={card} className="jp-mlops-chart-card" data-testid="mlops-run-chart" data-metric={key}>
      <figcaption>
        <span className="jp-mlops-clip" title={key}>
          {key}
        </span>
        <span className="jp-mlops-quiet">
          {formatNumber(value)} · {trans._n('%1 point', '%1 points', points)}
        </span>
      </figcaption>
      {(answer.problem ?? problem) !== null && (
        <div className="jp-mlops-error" role="alert">
          {answer.problem ?? problem}
        </div>
      )}
      <div ref={place} className="jp-mlops-chart" role="group" aria-label={trans.__('Course of %1', key)} />
    </figure>
  );
}

/** Whether something was in sight, once. */
function useSeen(place: React.RefObject<HTMLElement>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (place.current === null || seen) {
      return;
    }
    const watch = new IntersectionObserver(entries => setSeen(entries.some(one => one.isIntersecting)), {
      rootMargin: '200px'
    });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [place, seen]);
  return seen;
}
