/** From the server's JSON to what the views of runs draw. */
import { readCompareData } from '../compare/bundles';
import { dict, isDict, list, namedRun, number, status, text, texts } from '../parse';
import { readTags } from '../models/bundles';
import { readStage } from '../stages';
import type { IExperiment, IPage } from '../types';
import { readAlert } from '../card/bundles';
import type { IRunDetails, IRunsPart } from './types';

export function readRunsPart(value: unknown): IRunsPart {
  const { columns, rows } = readCompareData(value);
  return { total: number(dict(value).total) ?? rows.length, columns, rows };
}

export function readExperiments(value: unknown): IPage<IExperiment> {
  const page = dict(value);
  return {
    items: list(page.experiments, one =>
      isDict(one) && text(one.experiment_id) !== ''
        ? { id: text(one.experiment_id), name: text(one.name) }
        : null
    ),
    next: text(page.next_page_token) || null
  };
}

export function readRunDetails(value: unknown): IRunDetails {
  const answer = dict(value);
  const run = dict(answer.run);
  const runId = text(run.run_id);
  return {
    runId,
    name: text(run.run_name) || runId.slice(0, 8),
    status: status(run.status),
    experimentId: text(run.experiment_id),
    experiment: text(run.experiment),
    user: text(run.user_id),
    startTime: number(run.start_time),
    endTime: number(run.end_time),
    isDeleted: run.lifecycle_stage === 'deleted',
    artifactUri: text(run.artifact_uri),
    params: readTags(answer.params),
    metrics: list(answer.metrics, one =>
      isDict(one)
        ? {
            key: text(one.key),
            value: number(one.value) ?? NaN,
            points: number(one.points) ?? 1,
            min: number(one.min),
            max: number(one.max)
          }
        : null
    ),
    tags: readTags(answer.tags),
    inputs: list(answer.inputs, one =>
      isDict(one)
        ? {
            name: text(one.name),
            digest: text(one.digest),
            context: text(one.context),
            kind: text(one.source_type),
            source: text(one.source),
            profile: text(one.profile)
          }
        : null
    ),
    models: list(answer.models, one =>
      isDict(one)
        ? {
            name: text(one.name),
            version: text(one.version),
            stage: readStage(one.stage),
            aliases: texts(one.aliases)
          }
        : null
    ),
    alerts: list(answer.alerts, readAlert),
    parents: list(answer.parents, namedRun),
    children: list(answer.children, namedRun),
    hasCells: answer.has_cells === true
  };
}
