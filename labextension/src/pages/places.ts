/** What the pages of a store are given by their host. */
import type { IPlace } from '../components/addresses';
import type { RunsHost } from '../stores/runsHost';
import type { IStore } from '../stores/stores';

/** Where a page is among those of its host, and the way from there. */
export interface INavigation {
  current(): IPlace;
  /** `replace`: going back should not lead to the place that is left. */
  go(place: string, replace?: boolean): void;
  /** The name of what the page shows, when it is known. */
  named?(name: string): void;
}

export interface IPlaceProps {
  store: IStore;
  host: RunsHost;
  navigation: INavigation;
  place: IPlace;
  /** Moves when anything in the store has changed. */
  stamp: number;
}
