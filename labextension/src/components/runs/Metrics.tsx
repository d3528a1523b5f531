import { useEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';
import { Caret } from '../Caret';
import { Check } from '../Check';
import { Smoothing } from '../charts/Smoothing';
import { Choice } from '../Choice';
import { formatNumber } from '../formats';
import { isSystem } from '../keys';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import type { XAxis } from '../types';
import { useAnswer } from '../useAnswer';
import { useDrawing } from '../useDrawing';
import { useSettled } from '../useSettled';
import { metricGroups } from './metricGroups';
import { askCurve, type ILook } from './pages';
import type { ILoggedMetric, IRunDetails, IRunsHost } from './types';
import { xAxes } from '../charts/xAxes';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  /** Those of the machine, or the others. */
  system: boolean;
}

/** Every metric that has a course, by the beginning of their names, drawn while it is in sight. */
export function Metrics({ host, run, system }: IProps): ReactElement {
  const trans = useTranslation();
  const [x, setX] = useState<XAxis>(system ? 'relative' : 'step');
  const [smoothing, setSmoothing] = useState(0);
  const [logY, setLogY] = useState(false);
  const [search, setSearch] = useState('');
  const settled = useSettled(smoothing);
  const look = useMemo(() => ({ x, logY, smoothing: settled }), [x, logY, settled]);
  const mine = useMemo(
    () => run.metrics.filter(({ key }) => isSystem(key) === system),
    [run.metrics, system]
  );
  const courses = useMemo(() => mine.filter(({ points }) => points > 1), [mine]);
  const words = search.toLowerCase();
  const groups = useMemo(
    () => metricGroups(courses.filter(({ key }) => key.toLowerCase().includes(words))),
    [courses, words]
  );
  if (courses.length === 0) {
    return <Nothing system={system} single={mine.length > 0} />;
  }
  return (
    <>
      <h2 className="jp-mlops-sr">{system ? trans.__('System metrics') : trans.__('Metrics')}</h2>
      <div className="jp-mlops-toolbar jp-mlops-metrics-tools">
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
          options={xAxes(trans)}
          onChoice={value => setX(value as XAxis)}
        />
        <Smoothing value={smoothing} testid="mlops-charts-smoothing" onChange={setSmoothing} />
        <Check label={trans.__('Log y')} checked={logY} testid="mlops-charts-log-y" onChange={setLogY} />
      </div>
      {groups.length === 0 && <p className="jp-mlops-empty">{trans.__('Nothing matches “%1”.', search)}</p>}
      {groups.map(([name, metrics], at) => (
        <Group
          key={name}
          name={name}
          isOnly={groups.length === 1}
          opened={at < 3 || words !== ''}
          host={host}
          runId={run.runId}
          metrics={metrics}
          look={look}
        />
      ))}
    </>
  );
}

function Nothing({ system, single }: { system: boolean; single: boolean }): ReactElement {
  const trans = useTranslation();
  return system ? (
    <p className="jp-mlops-empty">
      {trans.__('Nothing was noted of the machine. It is, in runs that begin after')}{' '}
      <code>mlflow.enable_system_metrics_logging()</code>
    </p>
  ) : (
    <p className="jp-mlops-empty">
      {single
        ? trans.__('No metric of this run has more than one point. Log one with a step to see its course:')
        : trans.__('This run has no metrics yet. Log one with a step to see its course:')}{' '}
      <code>mlflow.log_metric("loss", value, step=epoch)</code>
    </p>
  );
}

interface IGroup {
  name: string;
  isOnly: boolean;
  opened: boolean;
  host: IRunsHost;
  runId: string;
  metrics: ILoggedMetric[];
  look: ILook;
}

const PART = 24;

function Group({ name, isOnly, opened, host, runId, metrics, look }: IGroup): ReactElement {
  const trans = useTranslation();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [most, setMost] = useState(PART);
  const open = isOnly || (chosen ?? opened);
  const left = metrics.length - most;
  return (
    <section aria-label={name || trans.__('Metrics')} className="jp-mlops-metric-group">
      {!isOnly && (
        <h3>
          <button
            type="button"
            className="jp-mlops-group-button"
            aria-expanded={open}
            data-testid="mlops-metric-group"
            onClick={() => setChosen(!open)}
          >
            <Caret />
            {name || trans.__('Metrics')} <span className="jp-mlops-quiet">{metrics.length}</span>
          </button>
        </h3>
      )}
      {open && (
        <div className="jp-mlops-charts">
          {metrics.slice(0, most).map(metric => (
            <Chart key={metric.key} host={host} runId={runId} metric={metric} look={look} />
          ))}
        </div>
      )}
      {open && left > 0 && (
        <button
          type="button"
          className="jp-mlops-button jp-mlops-more-charts"
          data-testid="mlops-more-charts"
          onClick={() => setMost(most + PART)}
        >
          {trans.__('Show %1 of %2 more', Math.min(PART, left), left)}
        </button>
      )}
    </section>
  );
}

interface IChart {
  host: IRunsHost;
  runId: string;
  metric: ILoggedMetric;
  look: ILook;
}

const LEAST = 100;

function Chart({ host, runId, metric, look }: IChart): ReactElement {
  const trans = useTranslation();
  const { key, value, points } = metric;
  const card = useRef<HTMLElement>(null);
  const seen = useSeen(card);
  const about = `${runId} ${key}`;
  // A metric that has not moved is not read again.
  const room = useRef(0);
  const ask = (): ReturnType<typeof askCurve> => {
    room.current = Math.max(LEAST, card.current?.clientWidth ?? 0);
    return askCurve(host, runId, key, look, room.current);
  };
  const answer = useAnswer(seen ? ask : null, `${about} ${JSON.stringify(look)}`, points, about);
  const { place, problem } = useDrawing(host, seen ? answer.kept : null);
  const said = answer.problem ?? problem;
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
      <Trouble problem={said} />
      <div ref={place} className="jp-mlops-chart" role="group" aria-label={trans.__('Course of %1', key)} />
    </figure>
  );
}

/** Whether something is in sight, or nearly: what is far is not drawn, however many there are. */
function useSeen(place: RefObject<HTMLElement>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (place.current === null) {
      return;
    }
    const watch = new IntersectionObserver(
      entries => setSeen(entries[entries.length - 1]?.isIntersecting === true),
      { rootMargin: '400px' }
    );
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [place]);
  return seen;
}
