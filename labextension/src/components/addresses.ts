/** Places within a store as text, such as "runs/<id>?tab=charts": what addresses, links and commands name them by. */

export interface IPlace {
  /** Such as ["runs", "<run id>"]; each part as it is meant. */
  path: string[];
  query: URLSearchParams;
}

interface IParams {
  [name: string]: string | null | undefined;
}

/** What is null or empty is left out. */
export function written(path: string[], params: IParams = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') {
      query.set(name, value);
    }
  }
  const rest = query.size > 0 ? `?${query.toString()}` : '';
  return `${path.map(encodeURIComponent).join('/')}${rest}`;
}

export function readPlace(place: string): IPlace {
  const [path = '', query = ''] = place.split(/\?(.*)/s);
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** As many runs as are compared by their ids. */
export const MOST_COMPARED = 1000;

export const places = {
  runs: (experiment: string | null = null): string => written(['runs'], { experiment }),
  run: (runId: string): string => written(['runs', runId]),
  models: (): string => written(['models']),
  /** With what is opened in it, such as a tab. */
  model: (name: string, params: IParams = {}): string => written(['models', name], params),
  compare: (runIds: string[]): string => written(['compare'], { runs: runIds.join(',') }),
  compareAll: (experiment: string, view: string | null = null): string =>
    written(['compare'], { experiment, view }),
  search: (q = ''): string => written(['search'], { q })
};
