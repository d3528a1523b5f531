import { readArtifacts, readExperiments, readRunDetails, readRunsPart } from '../components/runs/answers';
import { readFigure } from '../components/views';
import { dict } from '../components/parse';
import { withQuery } from '../components/queries';
import type {
  IArtifact,
  ILinks,
  IRunDetails,
  IRunsHost,
  IRunsPart,
  IRunsQuery
} from '../components/runs/types';
import type {
  IDrawnFigure,
  IExperiment,
  IFigure,
  IFigureEvents,
  IPage,
  ISort,
  XAxis
} from '../components/types';
import type { ReactElement } from 'react';
import { copyText } from '../components/clipboard';
import type { Drawings } from './drawings';
import type { Server } from './request';
import { href } from './router';

const API = 'api/2.0/mlflow/';

/** The runs of the server's store. */
export class RunsHost implements IRunsHost {
  constructor(
    private readonly server: Server,
    private readonly drawings: Drawings
  ) {}

  readonly links: ILinks = {
    runs: experiment => href(['runs'], { experiment }),
    run: runId => href(['runs', runId]),
    model: name => href(['models', name])
  };

  async experiments(search: string, count: number, page: string | null): Promise<IPage<IExperiment>> {
    const filter = search === '' ? null : `name ILIKE '%${search.replace(/['"%]/g, '')}%'`;
    return readExperiments(
      await this.server.post(`${API}experiments/search`, {
        max_results: count,
        order_by: ['name ASC'],
        ...(filter === null ? {} : { filter }),
        ...(page === null ? {} : { page_token: page })
      })
    );
  }

  async runs({ experiment, filter, sort }: IRunsQuery, offset: number, count: number): Promise<IRunsPart> {
    return readRunsPart(
      await this.server.post('views/runs', {
        experiment_ids: experiment === null ? null : [experiment],
        filter,
        order_by: sort.map(ordered),
        offset,
        limit: count
      })
    );
  }

  async run(runId: string): Promise<IRunDetails> {
    return readRunDetails(await this.server.post('views/run_details', { run_id: runId }));
  }

  async curve(runId: string, key: string, x: XAxis): Promise<IFigure> {
    return readFigure(dict(await this.server.post('views/curves', { run_ids: [runId], key, x })).figure);
  }

  async artifacts(runId: string, path: string): Promise<IArtifact[]> {
    return readArtifacts(await this.server.get(`${API}artifacts/list`, { run_id: runId, path }));
  }

  artifactUrl(runId: string, path: string): string {
    return withQuery('get-artifact', { run_id: runId, path });
  }

  artifactBytes(runId: string, path: string, most: number | null): Promise<Blob> {
    return this.server.bytes(this.artifactUrl(runId, path), most);
  }

  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure> {
    return this.drawings.drawFigure(node, figure, events);
  }

  drawMarkdown(text: string): ReactElement {
    return this.drawings.drawMarkdown(text);
  }

  copy(text: string): Promise<void> {
    return copyText(text);
  }
}

/** A column's id is the group before the first dot and a key, which may have any characters. */
function ordered({ id, desc }: ISort): string {
  const [group = '', key = ''] = id.split(/\.(.*)/s);
  const quote = key.includes('`') ? '"' : '`';
  const field = group === 'attributes' ? id : `${group}.${quote}${key}${quote}`;
  return `${field} ${desc ? 'DESC' : 'ASC'}`;
}
