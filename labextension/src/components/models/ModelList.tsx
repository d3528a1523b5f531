import { useCallback, useMemo, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { formatAgo, formatNumber, formatTime } from '../formats';
import { Message } from '../Message';
import { SearchBox } from '../SearchBox';
import { useTranslation, type ITranslate } from '../translation';
import { useNow } from '../useNow';
import { usePages, type Fetch } from '../usePages';
import { useSelection } from '../useSelection';
import { AliasBadge, StageBadge } from '../Badges';
import { AliveDot } from '../AliveDot';
import { Frame } from './Frame';
import { Grid, type IGridColumn } from './Grid';
import type { IModelRow, IModelsHost, IModelsPage, IModelsState, ISourced, Order } from './types';
import { useSettled } from '../useSettled';

const ROW = 44;
const FIRST_LINE = 'mlflow.register_model(f"models:/{info.model_id}", "my-model")';

interface IProps {
  host: IModelsHost;
  state: IModelsState;
  alive: boolean;
  stamp: number;
  onOpen(name: string): void;
}

export function ModelList({ host, state, alive, stamp, onOpen }: IProps): ReactElement {
  const trans = useTranslation();
  const now = useNow();
  const search = useSettled(state.search).trim();
  const { order_by } = state;
  const fetch: Fetch<IModelRow, IModelsPage & ISourced> = useCallback(
    (count, page) => host.models(search, order_by, count, page),
    [host, search, order_by]
  );
  const { items, page, loaded, problem, more } = usePages(fetch, stamp, host.bundle.models);
  const columns = useMemo(() => modelColumns(now, items, trans), [now, items, trans]);
  const order = useMemo(() => items.map(keyOf), [items]);
  const open = (chosen: string[]): void => {
    const [name] = chosen;
    if (name !== undefined && chosen.length === 1) {
      onOpen(name);
    }
  };
  const { active, pick, onKeyDown } = useSelection(order, [], open);
  const total = page?.total ?? 0;
  return (
    <Frame
      bundle={host.bundle}
      alive={alive}
      pending={!loaded && problem === null}
      found={loaded ? page : null}
    >
      <div className="jp-mlops-toolbar">
        <SearchBox
          value={state.search}
          label={trans.__('Search models')}
          testid="mlops-models-search"
          onChange={typed => host.set({ search: typed })}
        />
        <Choice
          label={trans.__('Order')}
          value={order_by}
          testid="mlops-models-order"
          options={[
            ['name', trans.__('Name')],
            ['updated', trans.__('Last changed')]
          ]}
          onChoice={value => host.set({ order_by: value as Order })}
        />
        <span className="jp-mlops-summary" role="status">
          {trans._n('%1 model', '%1 models', total)}
          <AliveDot alive={alive} />
        </span>
      </div>
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {problem}{' '}
          <button type="button" className="jp-mlops-link" onClick={() => host.reload()}>
            {trans.__('Try again')}
          </button>
        </div>
      )}
      {items.length > 0 ? (
        <Grid
          label={trans.__('Registered models')}
          testid="mlops-models-row"
          rows={items}
          total={total}
          height={ROW}
          columns={columns}
          keyOf={keyOf}
          data={dataOf}
          active={active}
          chosen={null}
          more={more}
          onPick={pick}
          onKeyDown={onKeyDown}
        />
      ) : (
        loaded && problem === null && <Nothing search={search} onClear={() => host.set({ search: '' })} />
      )}
      {!loaded && items.length === 0 && problem === null && (
        <p className="jp-mlops-empty">{trans.__('Loading…')}</p>
      )}
    </Frame>
  );
}

function Nothing({ search, onClear }: { search: string; onClear(): void }): ReactElement {
  const trans = useTranslation();
  return search === '' ? (
    <Message
      title={trans.__('No registered models yet')}
      text={trans.__('Register one that was logged, or give registered_model_name when you log it:')}
      command={FIRST_LINE}
    />
  ) : (
    <p className="jp-mlops-empty">
      {trans.__('No model matches “%1”.', search)}{' '}
      <button type="button" className="jp-mlops-link" onClick={onClear}>
        {trans.__('Clear the search')}
      </button>
    </p>
  );
}

const keyOf = (model: IModelRow): string => model.name;
const dataOf = (model: IModelRow): { [attribute: string]: string } => ({ 'data-model': model.name });

function modelColumns(now: number, rows: IModelRow[], trans: ITranslate): IGridColumn<IModelRow>[] {
  const columns: IGridColumn<IModelRow>[] = [
    {
      id: 'name',
      label: trans.__('Model'),
      width: 220,
      grows: true,
      title: model => [model.name, model.description].filter(Boolean).join('\n'),
      cell: model => (
        <div className="jp-mlops-two-lines">
          <span className="jp-mlops-model-name jp-mlops-clip">{model.name}</span>
          {model.description !== '' && (
            <span className="jp-mlops-quiet jp-mlops-clip">{firstLine(model.description)}</span>
          )}
        </div>
      )
    },
    {
      id: 'latest',
      label: trans.__('Newest'),
      width: 76,
      numeric: true,
      title: model => trans._n('%1 version', '%1 versions', model.versions),
      cell: model =>
        model.latest === null ? (
          <span className="jp-mlops-quiet">{trans.__('none')}</span>
        ) : (
          trans.__('v%1', formatNumber(Number(model.latest)))
        )
    },
    {
      id: 'used',
      label: trans.__('Stages and aliases'),
      width: 230,
      grows: true,
      title: model =>
        [
          ...model.stages.map(({ stage, version }) => `${stage} v${version}`),
          ...model.aliases.map(({ alias, version }) => `@${alias} v${version}`)
        ].join('\n') || undefined,
      cell: model => (
        <span className="jp-mlops-badge-line">
          {model.stages
            .filter(({ stage }) => stage !== 'Archived')
            .map(one => (
              <StageBadge key={one.stage} {...one} />
            ))}
          {model.aliases.map(one => (
            <AliasBadge key={one.alias} {...one} />
          ))}
        </span>
      )
    }
  ];
  if (rows.some(row => row.tags.length > 0)) {
    columns.push({
      id: 'tags',
      label: trans.__('Tags'),
      width: 130,
      title: model => model.tags.map(({ key, value }) => `${key}: ${value}`).join('\n') || undefined,
      cell: model => (
        <span className="jp-mlops-quiet">
          {model.tags.map(({ key, value }) => (value === '' ? key : `${key}: ${value}`)).join(', ')}
        </span>
      )
    });
  }
  columns.push({
    id: 'updated',
    label: trans.__('Changed'),
    width: 100,
    title: model => (model.updated === null ? undefined : formatTime(model.updated)),
    cell: model => (model.updated === null ? '' : formatAgo(model.updated, now, trans))
  });
  return columns;
}

/** Of Markdown, what can stand in one line. */
export function firstLine(markdown: string): string {
  const line = markdown.split('\n').find(one => one.trim() !== '') ?? '';
  return line
    .replace(/^[#>\-*\s]+/, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]{1,3}(\S)/g, '$1')
    .replace(/(\S)[*`]{1,3}/g, '$1');
}
