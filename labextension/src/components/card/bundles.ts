/** From the JSON of a card's bundle to what the card draws. */
import { dict, entry, isDict, list, metric, number, status, text, textOrNull, type Dict } from '../parse';
import type { ICardBundle, ICardMetric } from '../types';

/** Null when it holds no run. */
export function readCard(id: string, bundle: Dict): ICardBundle | null {
  if (!isDict(bundle.run)) {
    return null;
  }
  const run = dict(bundle.run);
  return {
    id,
    store: text(bundle.store),
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
    metrics: list(bundle.metrics, cardMetric),
    error: textOrNull(bundle.error),
    children: number(bundle.children) ?? 0,
    note: textOrNull(bundle.note)
  };
}

function cardMetric(value: unknown): ICardMetric | null {
  const read = metric(value);
  return read && { ...read, points: list(dict(value).points, number) };
}
