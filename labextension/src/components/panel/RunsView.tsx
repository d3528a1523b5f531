import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { places } from '../addresses';
import { EditText } from '../compare/EditText';
import { FilterBox } from '../filter/FilterBox';
import { useMenuAt } from '../Menu';
import { useOpenAsNotebook } from '../notebooks';
import { texts } from '../parse';
import { Popover } from '../Popover';
import { usePreferences } from '../preferences';
import { said } from '../errors';
import { RegisterSheet } from '../register/RegisterSheet';
import { StatusLine } from '../StatusLine';
import { useTranslation } from '../translation';
import { useNow } from '../useNow';
import { AskDelete } from './AskDelete';
import { NoRuns } from './NoRuns';
import { RunDetails } from './RunDetails';
import { comparer, runItems, type IRunChoice } from './runMenu';
import { RunTools } from './RunTools';
import { RunTreeView } from './RunTreeView';
import { MOST_CHOSEN } from './runTree';
import type { IListedRun, IPanelHost, IStoreHost, Shown } from './types';
import { useRemembered } from './useRemembered';
import { useRunActions } from './useRunActions';
import { useRunFilter } from './useRunFilter';
import { useRunSelection } from './useRunSelection';
import { useRunTree } from './useRunTree';

interface IProps {
  host: IStoreHost;
  panel: IPanelHost;
  refresh: number;
}

/** The experiments of a store with their runs: found, looked at, compared, changed. */
export function RunsView({ host, panel, refresh }: IProps): ReactElement {
  const trans = useTranslation();
  const now = useNow();
  const { confirmDelete } = usePreferences();
  const openAsNotebook = useOpenAsNotebook();
  const [shown, setShown] = useState<Shown>('active');
  const { typed, setTyped, filter, columns, look } = useRunFilter(host);
  const [opened, setOpened] = useRemembered(panel, `open ${host.key}`, readOpened);
  const [hasDetails, setHasDetails] = useRemembered(panel, 'details', one => one !== false);
  const [changes, setChanges] = useState(0);
  const stamp = refresh + changes;
  const { tree, found, asked, retry } = useRunTree(host, { shown, filter }, stamp, opened);
  const selection = useRunSelection(tree);
  const actions = useRunActions(host, panel, () => setChanges(count => count + 1));
  const menu = useMenuAt();
  const [renamed, setRenamed] = useState<string | null>(null);
  const [tagged, setTagged] = useState<readonly IListedRun[] | null>(null);
  const [doomed, setDoomed] = useState<readonly IListedRun[] | null>(null);
  const [registered, setRegistered] = useState<IListedRun | null>(null);
  const box = useRef<HTMLDivElement>(null);

  const choiceOf = (runs: readonly IListedRun[]): IRunChoice => ({
    runs,
    shown,
    store: host.key,
    changes: actions,
    surroundings: panel.surroundings(),
    openAsNotebook:
      openAsNotebook &&
      (runId =>
        void openAsNotebook(host.key, runId).catch((error: unknown) =>
          actions.actions.say({ kind: 'problem', text: said(error), undo: false })
        )),
    onRename: run => setRenamed(run.runId),
    onTag: () => setTagged(runs),
    onRemove: () => (confirmDelete ? setDoomed(runs) : actions.remove(runs)),
    onRegister: setRegistered,
    onDetails: () => setHasDetails(!hasDetails),
    trans
  });
  const chosen = useMemo(() => {
    const here = tree.runs();
    return [...selection.runs.values()].map(run => here.get(run.runId) ?? run);
  }, [tree, found.version, selection.runs]);
  const choice = choiceOf(chosen);
  const [single] = chosen;
  const { open: openPlace } = choice.surroundings;
  const open = (run: IListedRun): void =>
    openPlace === null ? setHasDetails(true) : openPlace(host.key, places.run(run.runId));
  const showMenu = (run: IListedRun, at: HTMLElement, point?: { x: number; y: number }): void => {
    const isIn = selection.runs.has(run.runId);
    if (!isIn) {
      selection.pick(run, { range: false, toggle: false });
    }
    const about = choiceOf(isIn ? chosen : [run]);
    menu.open(
      at,
      trans.__('What can be done'),
      runItems({ ...about, onDetails: () => setHasDetails(true) }),
      point
    );
  };
  const onKey = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean => {
    const hasCommand = ctrlKey || metaKey;
    if (key === 'F2' && single && chosen.length === 1 && shown !== 'deleted') {
      setRenamed(single.runId);
    } else if (key === 'Delete' && chosen.length > 0 && shown !== 'deleted') {
      choice.onRemove();
    } else if (key === 'a' && hasCommand) {
      void tree.between(0, tree.spans.length - 1).then(runs => selection.choose(runs.slice(0, MOST_CHOSEN)));
    } else if (key === 'c' && hasCommand && chosen.length > 0) {
      actions.copy(chosen);
    } else if (key === 'z' && hasCommand && actions.actions.status?.undo === true) {
      actions.undo();
    } else if (key === 'Enter' && hasCommand) {
      comparer(choice)?.();
    } else if (key === 'Escape' && chosen.length > 0) {
      selection.choose([]);
    } else {
      return false;
    }
    return true;
  };
  const filterProblem = asked.problem !== null && !asked.isRetrying && filter !== '' ? asked.problem : null;
  const isEmpty = found.isThere && tree.isBare;

  return (
    <>
      <div className="jp-mlops-panel-tools" ref={box}>
        <FilterBox
          value={typed}
          columns={columns}
          problem={filterProblem}
          label={trans.__('Name, or metrics.acc > 0.9')}
          testid="mlops-filter"
          values={column => host.values(column)}
          onFocus={look}
          onChange={setTyped}
        />
        <RunTools
          choice={choice}
          hasDetails={hasDetails}
          onShown={next => {
            selection.choose([]);
            setShown(next);
          }}
          onClear={() => selection.choose([])}
          onMenu={at => menu.open(at, trans.__('What can be done'), runItems(choice))}
        />
        {asked.problem !== null && filterProblem === null && (
          <div className="jp-mlops-error" role="alert" data-testid="mlops-panel-problem">
            {asked.problem}{' '}
            {asked.isRetrying && <span className="jp-mlops-quiet">{trans.__('It is tried again.')} </span>}
            <button type="button" className="jp-mlops-link" onClick={retry}>
              {trans.__('Try now')}
            </button>
          </div>
        )}
        {doomed !== null && (
          <AskDelete
            runs={doomed}
            onCancel={() => setDoomed(null)}
            onDelete={() => {
              setDoomed(null);
              selection.choose([]);
              actions.remove(doomed);
            }}
          />
        )}
        {registered !== null && (
          <RegisterSheet
            key={registered.runId}
            registrar={host.registrar}
            run={registered}
            link={(name, version, text) => (
              <button
                type="button"
                className="jp-mlops-link"
                disabled={openPlace === null}
                onClick={() => openPlace?.(host.key, places.model(name, { versions: version }))}
              >
                {text}
              </button>
            )}
            onDone={() => setChanges(count => count + 1)}
            onClose={() => setRegistered(null)}
          />
        )}
        <StatusLine actions={actions.actions} onUndo={actions.undo} />
      </div>
      {isEmpty ? (
        <NoRuns shown={shown} isFiltered={filter !== ''} />
      ) : (
        <RunTreeView
          tree={tree}
          found={found}
          selection={selection}
          now={now}
          renamed={renamed}
          onToggle={key => setOpened(tree.toggle(key))}
          onRenamed={(run, name) => {
            setRenamed(null);
            if (name !== null) {
              actions.rename(run, name);
            }
          }}
          onOpen={open}
          onMenu={showMenu}
          onKey={onKey}
        />
      )}
      {hasDetails && single !== undefined && chosen.length === 1 && (
        <RunDetails run={single} host={host} stamp={stamp} onClose={() => setHasDetails(false)} />
      )}
      {menu.menu}
      {tagged !== null && box.current !== null && (
        <Popover
          label={trans.__('Set a tag')}
          anchor={box.current}
          width={260}
          onClose={() => setTagged(null)}
        >
          <EditText
            label={trans.__('Value')}
            value=""
            asksKey
            onSave={(value, key) => actions.tag(tagged, key, value)}
            onClose={() => setTagged(null)}
          />
        </Popover>
      )}
    </>
  );
}

function readOpened(kept: unknown): ReadonlySet<string> | null {
  return Array.isArray(kept) ? new Set(texts(kept)) : null;
}
