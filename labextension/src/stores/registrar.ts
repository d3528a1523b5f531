import { RequestError } from '../components/errors';
import { dict, list, text, textOrNull } from '../components/parse';
import type { IRegistrable, IRegistrar } from '../components/register/types';
import type { IStoreServer } from './stores';

const API = 'api/2.0/mlflow/';
const OFFERED = 20;

/** The registry of a store. */
export class Registrar implements IRegistrar {
  constructor(private readonly server: IStoreServer) {}

  async logged(runId: string): Promise<IRegistrable[]> {
    const answer = dict(await this.server.post('views/run_models', { run_id: runId }));
    return list(answer.models, one => ({ name: text(dict(one).name), uri: text(dict(one).uri) }));
  }

  async names(search: string): Promise<string[]> {
    const filter = search === '' ? {} : { filter: `name ILIKE '%${search.replace(/['"%]/g, '')}%'` };
    const answer = await this.server.get(`${API}registered-models/search`, {
      max_results: OFFERED,
      ...filter
    });
    return list(dict(answer).registered_models, one => textOrNull(dict(one).name));
  }

  async register(name: string, uri: string, runId: string): Promise<string> {
    try {
      await this.server.post(`${API}registered-models/create`, { name });
    } catch (error) {
      if (!(error instanceof RequestError && error.code === 'RESOURCE_ALREADY_EXISTS')) {
        throw error;
      }
    }
    const made = await this.server.post(`${API}model-versions/create`, { name, source: uri, run_id: runId });
    return text(dict(dict(made).model_version).version);
  }
}
