import type { ReactElement } from 'react';
import type { Dict } from '../components/parse';
import { readCommon, type ICommon, type IViewBundle } from '../components/views';
import type { IPlace, IServices, IWriter } from './places';
import type { IParts } from './viewHost';
import { ViewStores } from './viewStore';

/** A view whose state the page and Python share. */
interface ILinkedView<S extends object, B extends IViewBundle<S>, H extends { dispose(): void }> {
  /** Null when it is not a bundle of this view. */
  readBundle(common: ICommon, bundle: Dict): B | null;
  /** Only the parts that are there: a kernel sends what has changed. */
  readState(value: unknown): Partial<S>;
  /** The state as it is written to the notebook's file, where that is not as it is here. */
  written?(state: S): object;
  /** What other front ends show of the state, written beside it. */
  lasting?(state: S): { [mime: string]: string };
  /** Whether the state changes by itself, so that to write every change would never leave the notebook in peace. */
  isRestless?(state: S): boolean;
  /** What the view is of, beside its id and store: a re-sent bundle of something else is drawn anew. */
  subject(bundle: B): string;
  host(bundle: B, parts: IParts<S>): H;
  draw(host: H): ReactElement;
}

/** A bundle that was read, not yet shown. */
interface IRead {
  key: string;
  show(writer: IWriter, services: IServices, place: IPlace, visible: () => boolean): IShown;
}

export interface IShown {
  key: string;
  view: ReactElement;
  dispose(): void;
}

export type Reader = (bundle: Dict) => IRead | null;

/** What a table of views can hold, whatever their states are: the reader of a view's bundles. */
export function linked<S extends object, B extends IViewBundle<S>, H extends { dispose(): void }>(
  view: ILinkedView<S, B, H>
): Reader {
  const stores = new ViewStores(view.readState);
  return value => {
    const common = readCommon(value);
    const bundle = common && view.readBundle(common, value);
    if (bundle === null) {
      return null;
    }
    const key = [bundle.id, bundle.store, view.subject(bundle)].join(' ');
    return {
      key,
      show: (writer, services, place, visible) => {
        const { store, release } = stores.acquire(bundle);
        const host = view.host(bundle, { ...services, place, store, visible });
        const ends = [
          place.kernel === null ? () => undefined : store.connect(place.kernel),
          store.onState(state =>
            writer.write(
              view.written?.(state) ?? state,
              view.lasting?.(state),
              !(view.isRestless?.(state) ?? false)
            )
          ),
          place.onSave(() => writer.flush()),
          release
        ];
        return {
          key,
          view: view.draw(host),
          dispose: () => {
            host.dispose();
            writer.dispose();
            ends.forEach(end => end());
          }
        };
      }
    };
  };
}
