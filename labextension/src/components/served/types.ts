/** What the card of a served model knows. */
import type { IViewBundle, IViewHost } from '../views';

export type ServedStatus = 'loading' | 'ready' | 'ended' | 'failed';

export interface IBucket {
  /** Seconds; null of what took longer than all others. */
  most: number | null;
  count: number;
}

export interface IServed {
  status: ServedStatus;
  name: string;
  uri: string;
  /** What answers: the version, where the URI is a stage or an alias. */
  model: string;
  runId: string;
  url: string;
  workers: number;
  follow: boolean;
  /** Milliseconds since the Unix epoch, as are the others. */
  started: number | null;
  seen: number | null;
  ended: number | null;
  requests: number;
  errors: number;
  /** Requests in a second, now and every five seconds before. */
  rate: number;
  rates: number[];
  waiting: number;
  /** Answers by HTTP status. */
  statuses: [string, number][];
  buckets: IBucket[];
  /** Seconds by "p50", "p95", "p99". */
  quantiles: [string, number][];
  /** Bytes. */
  memory: number | null;
  log: string;
  error: string | null;
  curl: string;
  python: string;
}

export interface IServedState {
  now: IServed;
  /** What other front ends show of it, by MIME type. */
  lasting: { [mime: string]: string };
}

export type IServedBundle = IViewBundle<IServedState>;

export interface IServedHost extends IViewHost<IServedState, IServedBundle> {
  /** Asks the kernel how the server is doing. */
  look(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  copy(text: string): Promise<void>;
  /** Where a version is shown, if the host has such a place. */
  readonly modelHref?: (name: string, version: string) => string;
}
