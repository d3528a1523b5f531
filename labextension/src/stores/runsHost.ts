import { readExperiments, readRunDetails, readRunsPart } from '../components/runs/answers';
import type { ILinks, IRunDetails, IRunsHost, IRunsPart, IRunsQuery } from '../components/runs/types';
import type { IDrawnFigure, IExperiment, IFigure, IFigureEvents, IPage, ISort } from '../components/types';
import { dict, text } from '../components/parse';
import type { ReactElement } from 'react';
import { copyText } from '../components/clipboard';
import type { OpenPlayground } from '../components/playground/types';
import { places } from '../components/addresses';
import { Playgrounds } from './playgroundHost';
import { Registrar } from './registrar';
import type { IStore } from './stores';

const API = 'api/2.0/mlflow/';

/** The runs of a store. */
export class RunsHost implements IRunsHost {
  constructor(
    private readonly of: IStore,
    /** Called with every run that was read. */
    private readonly told: (run: IRunDetails) => void = () => undefined
  ) {
    this.store = of.key;
    this.registrar = new Registrar(of.server);
    const playgrounds = new Playgrounds(of);
    this.playground = (models, trans) => playgrounds.open(models, trans);
  }

  /** The same one again, with what was typed. */
  readonly playground: OpenPlayground;

  readonly registrar: Registrar;

  readonly store: string;

  readonly links: ILinks = {
    runs: experiment => this.of.href(places.runs(experiment)),
    run: runId => this.of.href(places.run(runId)),
    model: name => this.of.href(places.model(name)),
    version: (name, version) => this.of.href(places.model(name, { versions: version })),
    compare: runIds => this.of.href(places.compare(runIds))
  };

  async experiments(search: string, count: number, page: string | null): Promise<IPage<IExperiment>> {
    const filter = search === '' ? null : `name ILIKE '%${search.replace(/['"%]/g, '')}%'`;
    return readExperiments(
      await this.of.server.post(`${API}experiments/search`, {
        max_results: count,
        order_by: ['name ASC'],
        ...(filter === null ? {} : { filter }),
        ...(page === null ? {} : { page_token: page })
      })
    );
  }

  async experiment(id: string): Promise<IExperiment> {
    const answer = dict(await this.of.server.get(`${API}experiments/get`, { experiment_id: id }));
    return { id, name: text(dict(answer.experiment).name, id) };
  }

  async runs({ experiment, filter, sort }: IRunsQuery, offset: number, count: number): Promise<IRunsPart> {
    return readRunsPart(
      await this.of.server.post('views/runs', {
        experiment_ids: experiment === null ? null : [experiment],
        filter,
        order_by: sort.map(ordered),
        offset,
        limit: count
      })
    );
  }

  async run(runId: string): Promise<IRunDetails> {
    const run = readRunDetails(await this.of.server.post('views/run_details', { run_id: runId }));
    this.told(run);
    return run;
  }

  ask(view: string, body: object): Promise<unknown> {
    return this.of.server.post(`views/${view}`, body);
  }

  async act(action: string, body: object): Promise<void> {
    await this.of.server.post(`actions/${action}`, body);
  }

  artifactUrl(runId: string, path: string): string {
    return this.of.server.url('get-artifact', { run_id: runId, path });
  }

  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure> {
    return this.of.drawings.drawFigure(node, figure, events);
  }

  drawMarkdown(text: string): ReactElement {
    return this.of.drawings.drawMarkdown(text);
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
