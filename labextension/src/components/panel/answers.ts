/** From the server's JSON to what the panel lists, and from what is looked for to its query. */
import { ARCHIVED } from '../keys';
import { dict, isDict, list, namedRun, number, text, textOrNull } from '../parse';
import type { IPage } from '../types';
import type { IListedExperiment, IListedRun, IOwner, IRunQuery, IRunStretch } from './types';

const PARENT = 'tags.mlflow.parentRunId';

export function queryBody({ shown, filter }: IRunQuery, owner: IOwner | null = null): object {
  const isNested = owner !== null && (owner.parent !== null || (shown === 'active' && filter === ''));
  return {
    experiment_ids: owner?.experiment == null ? null : [owner.experiment],
    filters: filter === '' ? [] : [filter],
    equal: {
      ...(shown === 'deleted' ? {} : { [`tags.${ARCHIVED}`]: shown === 'archived' ? 'true' : null }),
      ...(isNested ? { [PARENT]: owner.parent } : {})
    },
    deleted: shown === 'deleted'
  };
}

export function readExperimentList(value: unknown): IPage<IListedExperiment> {
  const page = dict(value);
  return {
    items: list(page.experiments, one =>
      isDict(one) && text(one.id) !== ''
        ? {
            id: text(one.id),
            name: text(one.name),
            count: number(one.count) ?? 0,
            running: number(one.running) ?? 0
          }
        : null
    ),
    next: textOrNull(page.next)
  };
}

export function readRunList(value: unknown): IRunStretch {
  const answer = dict(value);
  return {
    total: number(answer.total) ?? 0,
    main: textOrNull(answer.main),
    runs: list(answer.runs, listedRun)
  };
}

function listedRun(value: unknown): IListedRun | null {
  const named = namedRun(value);
  if (named === null) {
    return null;
  }
  const one = dict(value);
  return {
    ...named,
    startTime: number(one.start_time),
    endTime: number(one.end_time) || null,
    notebook: textOrNull(one.notebook),
    isArchived: one.archived === true,
    hasCells: one.has_cells !== false,
    children: number(one.children) ?? 0,
    metrics: list(one.metrics, each =>
      isDict(each) ? { key: text(each.key), value: number(each.value) ?? NaN } : null
    ),
    points: list(one.points, number)
  };
}
