/** From the JSON of a served model's bundle, or of an answer, to what its card draws. */
import { dict, isDict, list, namedTexts, number, text, textOrNull, type Dict } from '../parse';
import type { ICommon } from '../views';
import type { IBucket, IServed, IServedBundle, IServedState, ServedStatus } from './types';

const STATUSES: readonly ServedStatus[] = ['loading', 'ready', 'ended', 'failed'];

export function readServed(common: ICommon, bundle: Dict): IServedBundle {
  return { ...common, state: { now: served({}), lasting: {}, ...readServedState(bundle.state) } };
}

export function readServedState(value: unknown): Partial<IServedState> {
  const { now, lasting } = dict(value);
  return {
    ...(isDict(now) ? { now: served(now) } : {}),
    ...(isDict(lasting) ? { lasting: readLasting(lasting) } : {})
  };
}

/** As Python writes it; the log may repeat what was sent to the model, so that it stays out of the file. */
export function writtenServed({ now }: IServedState): object {
  const { runId, statuses, quantiles, ...rest } = now;
  const numbers = { statuses: Object.fromEntries(statuses), quantiles: Object.fromEntries(quantiles) };
  return { now: { ...rest, ...numbers, run_id: runId, log: '' } };
}

function served(now: Dict): IServed {
  return {
    status: STATUSES.find(status => status === now.status) ?? 'ended',
    name: text(now.name),
    uri: text(now.uri),
    model: text(now.model),
    runId: text(now.run_id),
    url: text(now.url),
    workers: number(now.workers) ?? 1,
    follow: now.follow === true,
    started: number(now.started),
    seen: number(now.seen),
    ended: number(now.ended),
    requests: number(now.requests) ?? 0,
    errors: number(now.errors) ?? 0,
    rate: number(now.rate) ?? 0,
    rates: list(now.rates, number),
    waiting: number(now.waiting) ?? 0,
    statuses: numbers(now.statuses),
    buckets: list(now.buckets, bucket),
    quantiles: numbers(now.quantiles),
    memory: number(now.memory),
    log: text(now.log),
    error: textOrNull(now.error),
    curl: text(now.curl),
    python: text(now.python)
  };
}

function numbers(value: unknown): [string, number][] {
  return Object.entries(dict(value)).flatMap(([name, one]) => {
    const read = number(one);
    return read === null ? [] : [[name, read] as [string, number]];
  });
}

function bucket(value: unknown): IBucket | null {
  const { most, count } = dict(value);
  const read = number(count);
  return read === null ? null : { most: number(most), count: Math.max(0, read) };
}

function readLasting(value: unknown): { [mime: string]: string } {
  const lasting = Object.entries(namedTexts(value));
  return Object.fromEntries(lasting.filter(([mime]) => mime === 'text/html' || mime === 'text/plain'));
}
