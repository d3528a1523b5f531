/** The place in the page, kept in the address after "#" so that links, back and forward work. */
import { useSyncExternalStore } from 'react';
import { readPlace, type IPlace } from '../components/addresses';

let place = read();
const listeners = new Set<() => void>();

function read(): IPlace {
  return readPlace(location.hash.replace(/^#\/?/, ''));
}

function moved(): void {
  place = read();
  listeners.forEach(listener => listener());
}

window.addEventListener('hashchange', moved);
window.addEventListener('popstate', moved);

/** The address of a place, see `addresses`. */
export function href(place: string): string {
  return `#/${place}`;
}

/** Goes to a place; `replace` where going back should not lead to the one left. */
export function go(next: string, replace = false): void {
  const to = href(next);
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
