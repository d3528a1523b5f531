/** From the JSON of the registry's bundle, and of its lists, to what the view draws. */
import { dict, isDict, list, number, text, textOrNull, texts, type Dict } from '../parse';
import { readStage } from '../stages';
import type { IEntry, IPage, Stage } from '../types';
import type { ICommon } from '../views';
import {
  TABS,
  type IAliasOf,
  type IGate,
  type IModelHead,
  type IModelRow,
  type IModelsBundle,
  type IModelsPage,
  type IModelsState,
  type IUndo,
  type IVersionRow,
  type IVersionsPage
} from './types';

export function readModels(common: ICommon, bundle: Dict): IModelsBundle {
  const { models, opened } = dict(bundle.snapshot);
  return {
    ...common,
    state: { ...EMPTY, ...readModelsState(bundle.state) },
    models: { ...readModelsPage(models), ...SAVED },
    opened: isDict(opened) ? { ...readVersionsPage(opened), ...SAVED } : null
  };
}

/** What was saved has no further pages. */
const SAVED = { next: null, source: 'snapshot', problem: null } as const;
const EMPTY: IModelsState = { name: null, search: '', selection: [], order_by: 'name', tab: 'versions' };

export function readModelsState(value: unknown): Partial<IModelsState> {
  const state = dict(value);
  const part: Partial<IModelsState> = {};
  if ('name' in state) {
    part.name = textOrNull(state.name);
  }
  if ('search' in state) {
    part.search = text(state.search);
  }
  if ('selection' in state) {
    part.selection = texts(state.selection);
  }
  if ('order_by' in state) {
    part.order_by = state.order_by === 'updated' ? 'updated' : 'name';
  }
  if ('tab' in state) {
    part.tab = TABS.find(tab => tab === state.tab) ?? 'versions';
  }
  return part;
}

export function readTags(value: unknown): IEntry[] {
  return Object.entries(dict(value)).map(([key, one]) => ({ key, value: text(one, String(one ?? '')) }));
}

export function readUndo(value: unknown): IUndo | null {
  return isDict(value) ? { change: number(value.change) ?? 0, text: text(value.text) } : null;
}

function stageOrNull(value: unknown): Stage | null {
  return typeof value === 'string' && value !== '' ? readStage(value) : null;
}

export function readModelsPage(value: unknown): IModelsPage {
  const page = dict(value);
  return paged(page, list(page.models, modelRow));
}

export function readVersionsPage(value: unknown): IVersionsPage {
  const page = dict(value);
  return {
    ...paged(page, list(page.versions, readVersion)),
    model: head(page.model),
    metrics: texts(page.metrics),
    undo: readUndo(page.undo)
  };
}

function paged<T>(page: Dict, items: T[]): IPage<T> & { total: number } {
  return { items, next: textOrNull(page.next), total: number(page.total) ?? items.length };
}

function aliasOf(value: unknown): IAliasOf | null {
  return isDict(value) && typeof value.alias === 'string'
    ? { alias: value.alias, version: text(value.version) }
    : null;
}

function modelRow(value: unknown): IModelRow | null {
  if (!isDict(value) || typeof value.name !== 'string') {
    return null;
  }
  return {
    name: value.name,
    description: text(value.description),
    updated: number(value.updated),
    tags: readTags(value.tags),
    aliases: list(value.aliases, aliasOf),
    stages: list(value.stages, one =>
      isDict(one) ? { stage: readStage(one.stage), version: text(one.version) } : null
    ),
    latest: text(value.latest) || null,
    versions: number(value.versions) ?? 0
  };
}

function gate(value: unknown): IGate | null {
  return isDict(value) && typeof value.rule === 'string'
    ? {
        id: number(value.gate_id) ?? 0,
        stage: stageOrNull(value.stage),
        alias: textOrNull(value.alias),
        rule: value.rule
      }
    : null;
}

function head(value: unknown): IModelHead {
  const model = dict(value);
  return {
    name: text(model.name),
    description: text(model.description),
    created: number(model.created),
    updated: number(model.updated),
    tags: readTags(model.tags),
    aliases: list(model.aliases, aliasOf),
    gates: list(model.gates, gate)
  };
}

export function readVersion(value: unknown): IVersionRow | null {
  const one = dict(value);
  if (text(one.version) === '') {
    return null;
  }
  return {
    version: text(one.version),
    stage: readStage(one.stage),
    aliases: texts(one.aliases),
    created: number(one.created),
    user: text(one.user),
    description: text(one.description),
    runId: text(one.run_id),
    runName: text(one.run_name),
    experiment: text(one.experiment),
    source: text(one.source),
    tags: readTags(one.tags),
    metrics: new Map(Object.entries(dict(one.metrics)).map(([key, metric]) => [key, number(metric) ?? NaN]))
  };
}
