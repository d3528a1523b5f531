import { useCallback, useId, useMemo, useState, type ReactElement } from 'react';
import { tabId, tabPanelId, Tabs } from '../Tabs';
import { useTranslation } from '../translation';
import type { Stage } from '../types';
import { usePages, type Fetch } from '../usePages';
import { Comparison } from './Comparison';
import { Details } from './Details';
import { AliveDot } from '../AliveDot';
import { Frame } from './Frame';
import { Header } from './Header';
import { History } from './History';
import { Lineage } from './Lineage';
import { Monitoring } from './Monitoring';
import { MoveSheet, movedText, type IMoveWish } from '../moves/MoveSheet';
import { StatusLine } from '../StatusLine';
import type { IMove } from '../moves/types';
import type { IModelsHost, IModelsState, ISourced, IVersionRow, IVersionsPage } from './types';
import { useActions } from '../useActions';
import { useEditing } from './useEditing';
import { useSettled } from '../useSettled';
import { TryOut } from './TryOut';
import { Versions } from './Versions';

interface IProps {
  host: IModelsHost;
  name: string;
  state: IModelsState;
  alive: boolean;
  stamp: number;
  onBack(): void;
}

/** One model: its versions, what was done with them, and what can be done. */
export function ModelPage({ host, name, state, alive, stamp, onBack }: IProps): ReactElement {
  const trans = useTranslation();
  const domId = useId();
  const search = useSettled(state.search).trim();
  const fetch: Fetch<IVersionRow, IVersionsPage & ISourced> = useCallback(
    (count, page) => host.versions(name, search, count, page),
    [host, name, search]
  );
  const { opened } = host.bundle;
  const { playground } = host;
  const first = opened?.model.name === name ? opened : null;
  const { items, page, loaded, problem, more } = usePages(fetch, stamp, first);
  const found = loaded ? page : null;
  const locked =
    found === null
      ? trans.__('Loading…')
      : found.source === 'snapshot'
        ? trans.__('As saved: a change needs the Jupyter server or a kernel')
        : null;

  const actions = useActions();
  const edit = useEditing(host, name, actions, locked);
  const [wish, setWish] = useState<IMoveWish | null>(null);
  const [described, setDescribed] = useState<string | null>(null);

  const prefix = `${name}/`;
  const selection = useMemo(
    () => state.selection.filter(one => one.startsWith(prefix)).map(one => one.slice(prefix.length)),
    [state.selection, prefix]
  );
  const select = (versions: string[]): void => host.set({ selection: versions.map(one => prefix + one) });
  const single = selection.length === 1 ? selection[0] : undefined;
  const chosen = items.find(row => row.version === single);

  const toStage = (row: IVersionRow, stage: Stage): void =>
    setWish({ name, version: row.version, from: row.stage, stage, alias: null });
  /** With a change only that one: somebody else may have moved something since it was shown. */
  const undo = (change: number | null): void =>
    void actions.run(
      () => host.act('undo_move', { name, comment: null, change }),
      trans.__('The last move is undone')
    );
  const moved = (move: IMove): void => {
    setWish(null);
    actions.say({ kind: 'done', text: movedText(move, trans), undo: true });
  };
  const removeAlias = (row: IVersionRow, alias: string): void =>
    void actions.run(
      () => host.act('remove_alias', { name, alias, comment: null }),
      trans.__('@%1 no longer points at version %2', alias, row.version),
      true
    );

  const tabs = [
    ['versions', trans.__('Versions')],
    ['compare', selection.length < 2 ? trans.__('Compare') : trans.__('Compare %1', selection.length)],
    ['history', trans.__('History')],
    ['lineage', trans.__('Lineage')],
    ['monitoring', trans.__('Monitoring')],
    ...(playground === undefined ? [] : [['predict', trans.__('Predict')] as const])
  ] as const;
  const ofOne = {
    host,
    name,
    version: selection[0] ?? items[0]?.version ?? null,
    versions: items,
    stamp,
    onVersion: (version: string) => select([version])
  };
  const isMissing = page === null && problem !== null;
  const tab = state.tab === 'predict' && playground === undefined ? 'versions' : state.tab;
  return (
    <Frame bundle={host.bundle} alive={alive} pending={!loaded && problem === null} found={found}>
      {page === null ? (
        <div className="jp-mlops-crumbs">
          <button type="button" className="jp-mlops-link" data-testid="mlops-models-back" onClick={onBack}>
            {trans.__('Models')}
          </button>
          <h2>{name}</h2>
        </div>
      ) : (
        <Header
          model={page.model}
          undo={page.undo}
          edit={edit}
          onBack={onBack}
          onUndo={() => undo(page.undo?.change ?? null)}
          draw={text => host.drawMarkdown(text)}
        />
      )}
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {problem}{' '}
          <button type="button" className="jp-mlops-link" onClick={() => host.reload()}>
            {trans.__('Try again')}
          </button>
        </div>
      )}
      {wish !== null && (
        <MoveSheet
          key={`${wish.version} ${wish.stage ?? ''}`}
          host={host}
          wish={wish}
          aliases={page?.model.aliases.map(one => one.alias) ?? []}
          onDone={moved}
          onCancel={() => setWish(null)}
        />
      )}
      <StatusLine actions={actions} onUndo={() => undo(null)} />
      {!isMissing && (
        <Tabs id={domId} label={name} tabs={[...tabs]} tab={tab} onTab={one => host.set({ tab: one })}>
          <AliveDot alive={alive} />
        </Tabs>
      )}
      {!isMissing && (
        <div
          role="tabpanel"
          id={tabPanelId(domId, tab)}
          aria-labelledby={tabId(domId, tab)}
          className="jp-mlops-model-tab"
        >
          {tab === 'versions' && page !== null && (
            <>
              <Versions
                rows={items}
                metrics={page.metrics}
                total={page.total}
                more={more}
                search={state.search}
                selection={selection}
                locked={locked}
                runHref={host.runHref}
                pending={!loaded}
                onSearch={typed => host.set({ search: typed })}
                onSelection={select}
                onCompare={() => host.set({ tab: 'compare' })}
                onTry={playground && (row => host.set({ tab: 'predict', selection: [prefix + row.version] }))}
                onStage={toStage}
                onAlias={row =>
                  setWish({ name, version: row.version, from: row.stage, stage: null, alias: null })
                }
                onRemoveAlias={removeAlias}
                onDescribe={row => {
                  select([row.version]);
                  setDescribed(row.version);
                }}
              />
              {single !== undefined && (
                <Details
                  key={single}
                  host={host}
                  name={name}
                  version={single}
                  row={chosen}
                  stamp={stamp}
                  edit={edit}
                  editing={described === single}
                  onEditing={editing => setDescribed(editing ? single : null)}
                />
              )}
            </>
          )}
          {tab === 'predict' && page !== null && playground !== undefined && (
            <TryOut
              name={name}
              versions={items}
              selection={selection}
              open={playground}
              onSelection={select}
            />
          )}
          {tab === 'compare' && <Comparison host={host} name={name} versions={selection} stamp={stamp} />}
          {tab === 'history' && <History host={host} name={name} stamp={stamp} />}
          {tab === 'lineage' && <Lineage {...ofOne} />}
          {tab === 'monitoring' && <Monitoring {...ofOne} />}
        </div>
      )}
    </Frame>
  );
}
