/** The panel's requests, from the store's answers to what the panel draws. */
import { readFacts } from '../components/compare/answers';
import type { IColumnFacts } from '../components/compare/types';
import { dict, isDict, list, number, text, textOrNull, texts } from '../components/parse';
import { queryBody, readExperimentList, readRunList } from '../components/panel/answers';
import type {
  IListedExperiment,
  IOwner,
  IRunQuery,
  IRunStretch,
  IStoreHost,
  IStores
} from '../components/panel/types';
import { readRunDetails } from '../components/runs/answers';
import type { IRunDetails } from '../components/runs/types';
import { copyText } from '../components/clipboard';
import { readPreview } from '../components/moves/answers';
import { moveBody, previewBody } from '../components/moves/bodies';
import type { IMove, IMoveChoice, IPreview } from '../components/moves/types';
import { readStage } from '../components/stages';
import type { IModel, IPage, IVersion } from '../components/types';
import { Registrar } from '../stores/registrar';
import type { IStoreServer } from '../stores/stores';
import type { Server } from './request';

const API = 'api/2.0/mlflow/';
const MOST = 1000;

export async function readStores(server: Server): Promise<IStores> {
  const answer = dict(await server.get('stores'));
  return {
    default: text(answer.default),
    stores: list(answer.stores, one =>
      isDict(one) && typeof one.key === 'string'
        ? { key: one.key, location: text(one.location, one.key) }
        : null
    )
  };
}

export class StoreHost implements IStoreHost {
  constructor(
    private readonly server: IStoreServer,
    readonly key: string
  ) {
    this.registrar = new Registrar(server);
  }

  readonly registrar: Registrar;

  async experiments(query: IRunQuery, page: string | null): Promise<IPage<IListedExperiment>> {
    return readExperimentList(
      await this.server.post('views/experiment_list', { query: queryBody(query), page })
    );
  }

  async runs(query: IRunQuery, owner: IOwner, offset: number, count: number): Promise<IRunStretch> {
    return readRunList(
      await this.server.post('views/run_list', { query: queryBody(query, owner), offset, limit: count })
    );
  }

  async run(runId: string): Promise<IRunDetails> {
    return readRunDetails(await this.server.post('views/run_details', { run_id: runId }));
  }

  async columns(): Promise<IColumnFacts[]> {
    return readFacts(await this.server.post('views/run_facts', { query: {} })).columns;
  }

  async values(column: string): Promise<string[]> {
    const answer = dict(await this.server.post('views/run_summary', { query: {}, column }));
    return list(answer.values, one => (Array.isArray(one) ? textOrNull(one[0]) : null));
  }

  act(action: string, body: object): Promise<unknown> {
    return this.server.post(`actions/${action}`, body);
  }

  async models(search: string, count: number, page: string | null): Promise<IPage<IModel>> {
    const answer = dict(
      await this.server.get(`${API}registered-models/search`, {
        max_results: count,
        filter: search === '' ? null : `name ILIKE '%${bare(search)}%'`,
        page_token: page
      })
    );
    return { items: list(answer.registered_models, model), next: textOrNull(answer.next_page_token) };
  }

  async versions(name: string): Promise<IVersion[]> {
    const answer = dict(
      await this.server.get(`${API}model-versions/search`, {
        filter: `name=${quoted(name)}`,
        max_results: MOST
      })
    );
    const found = list(answer.model_versions, version);
    return found.sort((a, b) => Number(b.version) - Number(a.version));
  }

  async preview(move: IMove): Promise<IPreview> {
    return readPreview(await this.server.post('views/preview_move', previewBody(move)));
  }

  async move(move: IMove, choice: IMoveChoice): Promise<void> {
    await this.server.post('actions/move', moveBody(move, choice));
  }

  async undoMove(name: string): Promise<void> {
    await this.server.post('actions/undo_move', { name, comment: null });
  }

  copy(copied: string): Promise<void> {
    return copyText(copied);
  }
}

/** The filter language has no way to write a quote inside quotes. */
function bare(search: string): string {
  return search.replace(/['"%]/g, '');
}

function quoted(name: string): string {
  return name.includes("'") ? `"${name}"` : `'${name}'`;
}

function version(value: unknown): IVersion | null {
  const one = dict(value);
  if (text(one.version) === '') {
    return null;
  }
  return {
    name: text(one.name),
    version: text(one.version),
    stage: readStage(one.current_stage),
    created: number(one.creation_timestamp),
    description: text(one.description),
    runId: text(one.run_id),
    aliases: texts(one.aliases)
  };
}

function model(value: unknown): IModel | null {
  const one = dict(value);
  if (typeof one.name !== 'string') {
    return null;
  }
  return {
    name: one.name,
    description: text(one.description),
    updated: number(one.last_updated_timestamp),
    latest: list(one.latest_versions, version),
    aliases: list(one.aliases, alias =>
      isDict(alias) && typeof alias.alias === 'string'
        ? { alias: alias.alias, version: text(alias.version) }
        : null
    )
  };
}
