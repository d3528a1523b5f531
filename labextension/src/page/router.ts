/** The place in the page, kept in the address after "#" so that links, back and forward work. */
import { useSyncExternalStore } from 'react';

export interface IPlace {
  /** Such as ["runs", "<run id>"]; each part as it is meant. */
  path: string[];
  query: URLSearchParams;
}

export interface IParams {
  [name: string]: string | null | undefined;
}

let place = read();
const listeners = new Set<() => void>();

function read(): IPlace {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: new URLSearchParams(query)
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function moved(): void {
  place = read();
  listeners.forEach(listener => listener());
}

window.addEventListener('hashchange', moved);
window.addEventListener('popstate', moved);

/** The address of a place. */
export function href(path: string[], params: IParams = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') {
      query.set(name, value);
    }
  }
  const rest = query.size > 0 ? `?${query.toString()}` : '';
  return `#/${path.map(encodeURIComponent).join('/')}${rest}`;
}

/** Goes to a place; `replace` where going back should not lead to the one left. */
export function go(to: string, replace = false): void {
  if (to === location.hash) {
    return;
  }
  if (replace) {
    history.replaceState(null, '', to);
  } else {
    history.pushState(null, '', to);
  }
  moved();
}

export function usePlace(): IPlace {
  return useSyncExternalStore(subscribe, () => place);
}

export function currentPlace(): IPlace {
  return place;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
