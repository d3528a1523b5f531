import { useEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';
import { Check } from '../Check';
import { Choice } from '../Choice';
import { said } from '../errors';
import { formatBytes, lastPart } from '../formats';
import { SearchBox } from '../SearchBox';
import { isInSight } from '../sight';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useSettled } from '../useSettled';
import { linesWith, numberedLines } from './ansi';
import { Lines } from './Lines';
import { askLog, type ILog } from './files';
import type { IRunDetails, IRunsHost } from './types';

const EVERY_MS = 2000;

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
}

/** What a run printed; while it runs the end is followed. */
export function Logs({ host, run }: IProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const answer = useLog(host, run.runId, chosen, run.status === 'RUNNING', place);
  return (
    <div ref={place}>
      <Log host={host} run={run} {...answer} onChosen={setChosen} />
    </div>
  );
}

interface ILogged {
  log: ILog | null;
  problem: string | null;
}

function Log(props: IProps & ILogged & { onChosen(path: string): void }): ReactElement {
  const { host, run, log, problem, onChosen } = props;
  const trans = useTranslation();
  const isRunning = run.status === 'RUNNING';
  const [search, setSearch] = useState('');
  const [wrap, setWrap] = useState(true);
  const [follow, setFollow] = useState(isRunning);
  const words = useSettled(search).toLowerCase();
  const all = useMemo(() => numberedLines(log?.text ?? ''), [log?.text]);
  const found = useMemo(() => linesWith(all, words), [all, words]);
  if (log === null) {
    return <p className="jp-mlops-empty">{problem ?? trans.__('Loading…')}</p>;
  }
  if (log.path === null) {
    return (
      <p className="jp-mlops-empty" data-testid="mlops-no-logs">
        {isRunning
          ? trans.__('Nothing was printed yet. What a tracked cell prints appears here; else log a file:')
          : trans.__(
              'No output was kept. What a cell that begins with %%%%track prints is; else log a file:'
            )}{' '}
        <code>mlflow.log_artifact("train.log")</code>
      </p>
    );
  }
  const { path } = log;
  return (
    <div className="jp-mlops-logs" data-testid="mlops-logs">
      <div className="jp-mlops-toolbar">
        {log.files.length > 1 && (
          <Choice
            label={trans.__('Log')}
            value={path}
            testid="mlops-log-file"
            options={log.files.map(one => [one.path, one.path.replace(/^cell\/(\w+)\.txt$/, '$1')] as const)}
            onChoice={onChosen}
          />
        )}
        <SearchBox
          value={search}
          label={trans.__('Only lines with…')}
          testid="mlops-log-search"
          onChange={setSearch}
        />
        <Check label={trans.__('Wrap')} checked={wrap} testid="mlops-log-wrap" onChange={setWrap} />
        <Check
          label={trans.__('Follow the end')}
          checked={follow}
          testid="mlops-log-follow"
          onChange={setFollow}
        />
        <span className="jp-mlops-quiet" role="status" data-testid="mlops-log-count">
          {words === ''
            ? `${trans._n('%1 line', '%1 lines', all.length)} · ${formatBytes(log.size)}`
            : trans.__('%1 of %2 lines', found.length, all.length)}
        </span>
        <a className="jp-mlops-button" href={host.artifactUrl(run.runId, path)} download={lastPart(path)}>
          {trans.__('Download')}
        </a>
      </div>
      <Trouble problem={problem} />
      {log.start > 0 && (
        <p className="jp-mlops-note">
          {trans.__('The end is shown; the first %1 are in the file.', formatBytes(log.start))}
        </p>
      )}
      <Lines
        label={path}
        testid="mlops-log-lines"
        lines={found}
        wrap={wrap}
        follow={follow}
        mark={words}
        onFollow={setFollow}
      />
    </div>
  );
}

/** Read again every two seconds while the run goes on and it is in sight; a log that did not grow is not sent again. */
function useLog(
  host: IRunsHost,
  runId: string,
  chosen: string | null,
  isRunning: boolean,
  place: RefObject<HTMLElement>
): ILogged {
  const [log, setLog] = useState<ILog | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    let waiting = false;
    let last: ILog | null = null;
    const ask = async (): Promise<void> => {
      waiting = true;
      try {
        const answer = await askLog(host, runId, chosen ?? last?.path ?? null, last?.size ?? -1);
        if (gone) {
          return;
        }
        const isSame = answer.text === null && last !== null && answer.path === last.path;
        last = isSame && last !== null ? { ...last, files: answer.files } : answer;
        setLog(last);
        setProblem(null);
      } catch (error) {
        if (!gone) {
          setProblem(said(error));
        }
      } finally {
        waiting = false;
      }
    };
    const again = (): void => {
      if (!waiting && isInSight(place.current)) {
        void ask();
      }
    };
    void ask();
    const timer = isRunning ? window.setInterval(again, EVERY_MS) : 0;
    return () => {
      gone = true;
      window.clearInterval(timer);
    };
  }, [host, runId, chosen, isRunning, place]);
  return { log, problem };
}
