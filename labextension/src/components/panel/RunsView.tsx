import { useCallback, useEffect, useId, useState, type ReactElement } from 'react';
import { said } from '../errors';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import type { IExperiment, IRun, IStoreHost } from '../types';
import { Message } from '../Message';
import { RunItem } from './RunItem';
import { useNow } from '../useNow';
import { usePages, type Fetch } from '../usePages';
import { VirtualList } from './VirtualList';

const TYPING_MS = 500;
const ALL = '';

/** The runs of a store, newest first. */
export function RunsView({ host, refresh }: { host: IStoreHost; refresh: number }): ReactElement {
  const trans = useTranslation();
  const errorId = useId();
  const now = useNow();
  const { experiments, problem: experimentProblem } = useExperiments(host, refresh);
  const [experiment, setExperiment] = useState(ALL);
  const [typed, setTyped] = useState('');
  const [filter, setFilter] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const timer = window.setTimeout(() => setFilter(typed), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);

  const ids = (experiments ?? []).map(one => one.id).filter(id => experiment === ALL || id === experiment);
  const wanted = experiments === null ? null : ids.join(' ');
  const fetch: Fetch<IRun> = useCallback(
    async (count, page) =>
      wanted === null || wanted === ''
        ? { items: [], next: null }
        : host.runs(wanted.split(' '), filter, count, page),
    [host, wanted, filter]
  );
  const { items, loaded, problem, more } = usePages(fetch, refresh);
  const toggle = (runId: string): void =>
    setOpen(old => new Set(old.has(runId) ? [...old].filter(one => one !== runId) : [...old, runId]));

  return (
    <>
      <div className="jp-mlops-panel-tools">
        <select
          className="jp-mlops-select"
          value={experiment}
          aria-label={trans.__('Experiment')}
          data-testid="mlops-experiment"
          onChange={event => setExperiment(event.target.value)}
        >
          <option value={ALL}>{trans.__('All experiments')}</option>
          {(experiments ?? []).map(one => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
        <SearchBox
          value={typed}
          label={trans.__('Name, or metrics.acc > 0.9')}
          testid="mlops-filter"
          invalid={problem !== null && filter.trim() !== ''}
          describedBy={problem === null ? undefined : errorId}
          onChange={setTyped}
          onEnter={() => setFilter(typed)}
        />
        {(problem ?? experimentProblem) !== null && (
          <div id={errorId} className="jp-mlops-error" role="alert" data-testid="mlops-filter-error">
            {problem ?? experimentProblem}
          </div>
        )}
      </div>
      {items.length > 0 ? (
        <VirtualList
          label={trans.__('Runs')}
          items={items}
          height={46}
          keyOf={run => run.runId}
          more={more}
          render={(run, tabIndex) => (
            <RunItem
              run={run}
              host={host}
              now={now}
              tabIndex={tabIndex}
              open={open.has(run.runId)}
              onToggle={() => toggle(run.runId)}
            />
          )}
        />
      ) : (
        loaded &&
        wanted !== null &&
        (filter.trim() === '' ? (
          <Message
            title={trans.__('No runs yet')}
            text={trans.__('Start a cell with %%%%track, or call start_run(), and the run appears here.')}
          />
        ) : (
          problem === null && (
            <Message
              title={trans.__('No run matches')}
              text={trans.__('Change the filter or choose another experiment.')}
            />
          )
        ))
      )}
    </>
  );
}

function useExperiments(
  host: IStoreHost,
  refresh: number
): { experiments: IExperiment[] | null; problem: string | null } {
  const [answer, setAnswer] = useState<{ experiments: IExperiment[] | null; problem: string | null }>({
    experiments: null,
    problem: null
  });
  useEffect(() => {
    let late = false;
    host.experiments().then(
      experiments => !late && setAnswer({ experiments, problem: null }),
      (error: unknown) =>
        !late &&
        setAnswer(({ experiments }) => ({
          experiments,
          problem: said(error)
        }))
    );
    return () => {
      late = true;
    };
  }, [host, refresh]);
  return answer;
}
