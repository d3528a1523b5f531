/** From the JSON of a card's bundle to what the card draws. */
import { ALERTS, ERROR } from '../keys';
import {
  dict,
  entry,
  isDict,
  list,
  metric,
  number,
  status,
  text,
  textOrNull,
  texts,
  type Dict
} from '../parse';
import type { IAlert, ICardBundle, ICardMetric, IEstimate, IGauge, IStep, Level } from './types';

/** Null when it holds no run. */
export function readCard(id: string, bundle: Dict): ICardBundle | null {
  if (!isDict(bundle.run)) {
    return null;
  }
  const run = dict(bundle.run);
  return {
    id,
    store: text(bundle.store),
    kernel: textOrNull(bundle.kernel),
    run: {
      runId: text(run.run_id, id),
      name: text(run.name),
      experiment: text(run.experiment),
      status: status(run.status),
      startTime: number(run.start_time),
      endTime: number(run.end_time),
      elapsed: number(run.elapsed) ?? 0
    },
    params: list(bundle.params, entry),
    moreParams: number(bundle.more_params) ?? 0,
    metrics: list(bundle.metrics, cardMetric),
    moreMetrics: number(bundle.more_metrics) ?? 0,
    error: textOrNull(bundle.error),
    children: number(bundle.children) ?? 0,
    note: textOrNull(bundle.note),
    warnings: texts(bundle.warnings),
    alerts: list(bundle.alerts, readAlert),
    estimate: estimate(bundle.estimate),
    memory: number(bundle.memory),
    gauges: list(bundle.gauges, gauge),
    figures: number(bundle.figures) ?? 0,
    log: texts(bundle.log),
    stage: textOrNull(bundle.stage),
    steps: Array.isArray(bundle.steps) ? list(bundle.steps, step) : null,
    moreSteps: number(bundle.more_steps) ?? 0,
    apart: bundle.apart === true,
    hasCells: bundle.has_cells !== false
  };
}

function step(value: unknown): IStep | null {
  const { run_id: runId, depth, name, entry_point: entryPoint, start_time: startTime, ...rest } = dict(value);
  return typeof runId === 'string'
    ? {
        runId,
        depth: Math.max(0, number(depth) ?? 0),
        name: text(name),
        entryPoint: textOrNull(entryPoint),
        status: status(rest.status),
        startTime: number(startTime) ?? 0,
        endTime: number(rest.end_time),
        metric: metric(rest.metric)
      }
    : null;
}

function cardMetric(value: unknown): ICardMetric | null {
  const read = metric(value);
  const { points, low, high, trend } = dict(value);
  return (
    read && {
      ...read,
      points: list(points, number),
      low: number(low),
      high: number(high),
      trend: trend === 'better' || trend === 'worse' ? trend : null
    }
  );
}

function level(value: unknown): Level {
  return value === 'info' || value === 'error' ? value : 'warning';
}

export function readAlert(value: unknown): IAlert | null {
  const { title, text: more, level: kind, time, count } = dict(value);
  return typeof title === 'string' && title !== ''
    ? { title, text: text(more), level: level(kind), time: number(time), count: number(count) ?? 1 }
    : null;
}

function estimate(value: unknown): IEstimate | null {
  if (!isDict(value)) {
    return null;
  }
  const share = number(value.share);
  return {
    left: number(value.left),
    share: share === null ? null : Math.min(1, Math.max(0, share)),
    done: number(value.done),
    total: number(value.total),
    by: text(value.by),
    usual: number(value.usual)
  };
}

function gauge(value: unknown): IGauge | null {
  const { key, value: percent, points } = dict(value);
  const read = number(percent);
  return typeof key === 'string' && read !== null ? { key, value: read, points: list(points, number) } : null;
}

/** The card with what the store knows better: how the run stands, its latest metrics and its alerts. */
export function refreshed(bundle: ICardBundle, details: unknown, tree: unknown, now: number): ICardBundle {
  const answer = dict(details);
  const known = dict(answer.run);
  const run = { ...bundle.run, status: status(known.status), endTime: number(known.end_time) };
  run.elapsed = run.startTime === null ? run.elapsed : ((run.endTime ?? now) - run.startTime) / 1000;
  const values = new Map(list(answer.metrics, metric).map(one => [one.key, one.value]));
  return {
    ...bundle,
    run,
    metrics: bundle.metrics.map(one => ({ ...one, value: values.get(one.key) ?? one.value })),
    steps: bundle.steps && list(dict(tree).steps, step),
    moreSteps: number(dict(tree).more) ?? 0,
    error: bundle.error ?? textOrNull(dict(answer.tags)[ERROR]),
    stage: null,
    alerts: list(parsed(text(dict(answer.tags)[ALERTS])), readAlert),
    estimate: null,
    gauges: [],
    log: []
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
