import { useCallback, useId, useState, type ReactElement } from 'react';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import type { IModel } from '../types';
import type { IPanelHost, IStoreHost } from './types';
import { Message } from '../Message';
import { ModelItem } from './ModelItem';
import { useNow } from '../useNow';
import { usePages, type Fetch } from '../usePages';
import { useSettled } from '../useSettled';
import { VirtualList } from './VirtualList';

interface IProps {
  host: IStoreHost;
  panel: IPanelHost;
  refresh: number;
}

/** The registered models, each with its versions and their stages. */
export function ModelsView({ host, panel, refresh }: IProps): ReactElement {
  const trans = useTranslation();
  const errorId = useId();
  const now = useNow();
  const [typed, setTyped] = useState('');
  const search = useSettled(typed).trim();
  const [moved, setMoved] = useState(0);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());

  const fetch: Fetch<IModel> = useCallback((count, page) => host.models(search, count, page), [host, search]);
  const stamp = refresh + moved;
  const { items, loaded, problem, more } = usePages(fetch, stamp);
  const toggle = (name: string): void =>
    setOpen(old => new Set(old.has(name) ? [...old].filter(one => one !== name) : [...old, name]));

  return (
    <>
      <div className="jp-mlops-panel-tools">
        <SearchBox
          value={typed}
          label={trans.__('Search models by name')}
          testid="mlops-model-filter"
          invalid={problem !== null && search !== ''}
          describedBy={problem === null ? undefined : errorId}
          onChange={setTyped}
        />
        {problem !== null && (
          <div id={errorId} className="jp-mlops-error" role="alert">
            {problem}
          </div>
        )}
      </div>
      {items.length > 0 ? (
        <VirtualList
          label={trans.__('Registered models')}
          items={items}
          height={34}
          keyOf={model => model.name}
          more={more}
          render={(model, tabIndex) => (
            <ModelItem
              model={model}
              host={host}
              panel={panel}
              now={now}
              refresh={stamp}
              tabIndex={tabIndex}
              open={open.has(model.name)}
              onToggle={() => toggle(model.name)}
              onMoved={() => setMoved(count => count + 1)}
            />
          )}
        />
      ) : (
        loaded &&
        problem === null &&
        (search === '' ? (
          <Message
            title={trans.__('No registered models')}
            text={trans.__(
              'Register one with register_model(), or with registered_model_name when you log it.'
            )}
          />
        ) : (
          <Message
            title={trans.__('No model matches')}
            text={trans.__('No model has “%1” in its name.', search)}
          />
        ))
      )}
    </>
  );
}
