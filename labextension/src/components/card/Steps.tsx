import { useId, useState, type ReactElement } from 'react';
import { Caret } from '../Caret';
import { formatDuration, formatNumber } from '../formats';
import { useRunHref } from '../runLinks';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import { treeKeys } from '../treeKeys';
import { useNow } from '../useNow';
import type { IStep } from './types';

interface IProps {
  store: string;
  /** Depth first; at most a hundred. */
  steps: IStep[];
  more: number;
  /** Nobody knows how those went on that were running. */
  asSaved: boolean;
}

/** The runs that a run began, as a tree that the arrow keys go through. */
export function Steps({ store, steps, more, asSaved }: IProps): ReactElement {
  const trans = useTranslation();
  const domId = useId();
  const href = useRunHref();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string | null>(null);
  const ticking = !asSaved && steps.some(isRunning);
  const now = useNow(ticking ? 1000 : null);
  const shown = visible(steps, closed);
  const at = shown.findIndex(({ runId }) => runId === active);
  const move = (to: number): void => {
    const next = shown[to];
    if (next !== undefined) {
      setActive(next.runId);
      document.getElementById(`${domId}${next.runId}`)?.scrollIntoView({ block: 'nearest' });
    }
  };
  const toggle = ({ runId }: IStep): void => {
    const next = new Set(closed);
    next[closed.has(runId) ? 'delete' : 'add'](runId);
    setClosed(next);
  };
  const isOpen = (step: IStep): boolean | undefined =>
    hasInner(steps, step) ? !closed.has(step.runId) : undefined;
  const onKeyDown = treeKeys({
    length: shown.length,
    at,
    isOpen: place => shown[place] && isOpen(shown[place]),
    above: place => above(shown, place),
    move,
    toggle: place => shown[place] && toggle(shown[place]),
    choose: () => document.getElementById(`${domId}${active}`)?.querySelector('a')?.click()
  });
  return (
    <div className="jp-mlops-steps">
      <div
        className="jp-mlops-steps-tree"
        role="tree"
        tabIndex={0}
        aria-label={trans.__('Steps')}
        aria-activedescendant={at >= 0 ? `${domId}${active}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => at < 0 && move(0)}
      >
        {shown.map(step => (
          <Step
            key={step.runId}
            id={`${domId}${step.runId}`}
            step={step}
            href={href?.(store, step.runId) ?? null}
            isActive={step.runId === active}
            isOpen={isOpen(step)}
            took={took(step, now)}
            asSaved={asSaved}
            onToggle={() => toggle(step)}
            onActive={() => setActive(step.runId)}
          />
        ))}
      </div>
      {more > 0 && (
        <div className="jp-mlops-quiet">
          {trans._n('and %1 step before these', 'and %1 steps before these', more)}
        </div>
      )}
    </div>
  );
}

interface IItem {
  id: string;
  step: IStep;
  href: string | null;
  isActive: boolean;
  /** Undefined without steps of its own. */
  isOpen: boolean | undefined;
  took: number;
  asSaved: boolean;
  onToggle(): void;
  onActive(): void;
}

function Step(props: IItem): ReactElement {
  const { id, step, href, isActive, isOpen, asSaved } = props;
  const label = step.entryPoint ?? step.name;
  return (
    <div
      id={id}
      role="treeitem"
      className="jp-mlops-step"
      aria-level={step.depth + 1}
      aria-expanded={isOpen}
      aria-selected={isActive}
      data-status={step.status}
      style={{ paddingInlineStart: 4 + step.depth * 16 }}
      onClick={props.onActive}
    >
      <span className="jp-mlops-step-caret" onClick={isOpen === undefined ? undefined : props.onToggle}>
        <Caret isOpen={isOpen === true} isThere={isOpen !== undefined} />
      </span>
      <StatusIcon status={step.status} still={asSaved} />
      {href === null ? (
        <span className="jp-mlops-clip" title={step.name}>
          {label}
        </span>
      ) : (
        <a className="jp-mlops-clip" title={step.name} href={href} tabIndex={-1}>
          {label}
        </a>
      )}
      <span className="jp-mlops-quiet jp-mlops-clip jp-mlops-step-name">
        {step.entryPoint !== null && step.name}
      </span>
      <span className="jp-mlops-quiet jp-mlops-clip" title={step.metric?.key}>
        {step.metric?.key}
      </span>
      <span className="jp-mlops-step-number">{step.metric && formatNumber(step.metric.value)}</span>
      <time className="jp-mlops-quiet jp-mlops-step-number">
        {isRunning(step) && asSaved ? '' : formatDuration(props.took)}
      </time>
    </div>
  );
}

function isRunning(step: IStep): boolean {
  return step.status === 'RUNNING';
}

/** Seconds. */
function took({ startTime, endTime }: IStep, now: number): number {
  const ms = Math.max(0, (endTime ?? now) - startTime);
  return endTime === null ? Math.floor(ms / 1000) : ms / 1000;
}

function hasInner(steps: IStep[], step: IStep): boolean {
  return (steps[steps.indexOf(step) + 1]?.depth ?? 0) > step.depth;
}

/** Those whose steps above are open. */
function visible(steps: IStep[], closed: ReadonlySet<string>): IStep[] {
  let hidden = Infinity;
  return steps.filter(({ runId, depth }) => {
    if (depth > hidden) {
      return false;
    }
    hidden = closed.has(runId) ? depth : Infinity;
    return true;
  });
}

function above(shown: IStep[], at: number): number {
  const depth = shown[at]?.depth ?? 0;
  return shown.slice(0, at).reduce((last, one, place) => (one.depth < depth ? place : last), -1);
}
