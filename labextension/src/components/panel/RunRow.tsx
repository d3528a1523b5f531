import { useEffect, useRef, useState, type MouseEvent, type ReactElement } from 'react';
import { Sparkline } from '../card/Sparkline';
import { formatAgo, formatDuration, formatNumber, formatTime } from '../formats';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import { CaretBox } from './CaretBox';
import type { IListedRun } from './types';

interface IProps {
  run: IListedRun;
  main: string | null;
  now: number;
  isOpen: boolean;
  isRenamed: boolean;
  onToggle(): void;
  onMenu(at: HTMLElement): void;
  /** Null: it stays as it was. */
  onRenamed(name: string | null): void;
}

/** A run in two lines: what it is called and when it began; how good it is and how long it took. */
export function RunRow({ run, main, now, isOpen, isRenamed, ...on }: IProps): ReactElement {
  const trans = useTranslation();
  const { startTime, endTime } = run;
  const end = endTime ?? (run.status === 'RUNNING' ? now : null);
  const quiet = (event: MouseEvent): void => event.stopPropagation();
  return (
    <>
      <CaretBox
        isThere={run.children > 0}
        isOpen={isOpen}
        onToggle={on.onToggle}
        label={trans._n('%1 child run', '%1 child runs', run.children)}
      />
      <StatusIcon status={run.status} />
      <span className="jp-mlops-tree-row-name">
        {isRenamed ? (
          <NewName name={run.name} onDone={on.onRenamed} />
        ) : (
          <span className="jp-mlops-clip" title={run.name}>
            {run.name}
          </span>
        )}
        {run.children > 0 && !isRenamed && (
          <span className="jp-mlops-count" title={trans._n('%1 child run', '%1 child runs', run.children)}>
            {formatNumber(run.children)}
          </span>
        )}
      </span>
      <span className="jp-mlops-item-when" title={startTime === null ? undefined : formatTime(startTime)}>
        {startTime === null ? '' : formatAgo(startTime, now, trans)}
      </span>
      <span className="jp-mlops-tree-row-line">
        <span className="jp-mlops-item-line">
          {run.metrics.map(({ key, value }) => (
            <span key={key} className="jp-mlops-pair" title={`${key} ${value}`}>
              <span className="jp-mlops-clip">{key}</span>
              <b>{formatNumber(value, 4)}</b>
            </span>
          ))}
        </span>
        {run.points.length > 1 && (
          <span className="jp-mlops-tree-row-spark" title={main ?? undefined}>
            <Sparkline points={run.points} width={44} />
          </span>
        )}
      </span>
      <span className="jp-mlops-item-when">
        {startTime === null || end === null ? '' : formatDuration(Math.max(0, end - startTime) / 1000)}
      </span>
      <button
        type="button"
        tabIndex={-1}
        className="jp-mlops-tree-row-menu"
        aria-label={trans.__('What can be done with %1', run.name)}
        data-testid="mlops-run-menu"
        onDoubleClick={quiet}
        onClick={event => {
          quiet(event);
          on.onMenu(event.currentTarget);
        }}
      >
        ⋯
      </button>
    </>
  );
}

function NewName({ name, onDone }: { name: string; onDone(name: string | null): void }): ReactElement {
  const trans = useTranslation();
  const [typed, setTyped] = useState(name);
  const box = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useEffect(() => box.current?.select(), []);
  const end = (next: string | null): void => {
    if (!isDone.current) {
      isDone.current = true;
      onDone(next === null || next.trim() === '' || next.trim() === name ? null : next.trim());
    }
  };
  return (
    <input
      ref={box}
      className="jp-mlops-input jp-mlops-new-name"
      value={typed}
      aria-label={trans.__('New name')}
      data-testid="mlops-run-name"
      spellCheck={false}
      onChange={event => setTyped(event.target.value)}
      onClick={event => event.stopPropagation()}
      onDoubleClick={event => event.stopPropagation()}
      onBlur={() => end(typed)}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Enter' || event.key === 'Escape') {
          event.preventDefault();
          end(event.key === 'Enter' ? typed : null);
        }
      }}
    />
  );
}
