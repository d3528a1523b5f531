import { useEffect, useRef, useSyncExternalStore, type ReactElement } from 'react';
import { ModelList } from './ModelList';
import { ModelPage } from './ModelPage';
import type { IModelsHost } from './types';

/** The registry: its models, or one of them. */
export function Models({ host }: { host: IModelsHost }): ReactElement {
  const { state, alive, stamp } = useSyncExternalStore(host.subscribe, host.get);
  const place = useRef<HTMLDivElement>(null);
  const listSearch = useRef('');
  const isOurs = useRef(false);

  const open = (name: string): void => {
    listSearch.current = state.search;
    isOurs.current = true;
    host.set({ name, search: '', tab: 'versions', selection: [] });
  };
  const back = (): void => {
    isOurs.current = true;
    host.set({ name: null, search: listSearch.current, tab: 'versions', selection: [] });
  };
  useEffect(() => {
    // What had the focus is gone: the keyboard goes on here, not in the notebook.
    if (isOurs.current) {
      isOurs.current = false;
      place.current?.focus({ preventScroll: true });
    }
  }, [state.name]);

  const shared = { host, state, alive, stamp };
  return (
    <div ref={place} tabIndex={-1} className="jp-mlops-models-place">
      {state.name === null ? (
        <ModelList {...shared} onOpen={open} />
      ) : (
        <ModelPage key={state.name} {...shared} name={state.name} onBack={back} />
      )}
    </div>
  );
}
