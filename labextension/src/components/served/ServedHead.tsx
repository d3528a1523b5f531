import type { ReactElement, ReactNode } from 'react';
import { CopyButton } from '../CopyButton';
import { formatBytes, formatClock, formatTime } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import { useNow } from '../useNow';
import type { IServed, IServedHost } from './types';

interface IProps {
  host: IServedHost;
  now: IServed;
  /** Whether the kernel that serves it answers. */
  alive: boolean;
  /** What can be done. */
  children: ReactNode;
}

/** What is served, where it answers, and how it stands. */
export function ServedHead({ host, now, alive, children }: IProps): ReactElement {
  const trans = useTranslation();
  const isUp = alive && now.status === 'ready';
  const clock = useNow(isUp ? 1000 : null);
  const facts = [
    ...(now.workers > 1 ? [trans.__('%1 workers', now.workers)] : []),
    ...(now.follow ? [trans.__('follows the registry')] : []),
    ...(isUp && now.memory !== null ? [formatBytes(now.memory)] : []),
    ...(isUp && now.started !== null
      ? [trans.__('up %1', formatClock(Math.max(0, (clock - now.started) / 1000)))]
      : [])
  ];
  return (
    <>
      <div className="jp-mlops-card-head">
        <span className="jp-mlops-served-dot" data-status={alive ? now.status : 'ended'} aria-hidden="true" />
        <span className="jp-mlops-card-name" title={now.uri}>
          {now.name}
        </span>
        <Version host={host} now={now} />
        <span className="jp-mlops-served-actions">{children}</span>
      </div>
      <div className="jp-mlops-served-place">
        {now.url !== '' && <code data-testid="mlops-served-url">{now.url}</code>}
        {now.url !== '' && (
          <CopyButton text={now.url} label={trans.__('Copy')} copy={text => host.copy(text)} />
        )}
        <span className="jp-mlops-quiet" role="status">
          {inWords(now, alive, trans)}
        </span>
        <span className="jp-mlops-quiet jp-mlops-served-facts">{facts.join(' · ')}</span>
      </div>
    </>
  );
}

/** The version that answers, and the way to it; of a run's model the way to the run. */
function Version({ host, now }: { host: IServedHost; now: IServed }): ReactElement | null {
  const trans = useTranslation();
  const [, name = '', version = ''] = /^models:\/([^/]+)\/(\d+)/.exec(now.model) ?? [];
  if (version !== '') {
    const label = trans.__('version %1', version);
    const href = host.modelHref?.(name, version);
    return (
      <span className="jp-mlops-served-version">
        {href === undefined ? (
          label
        ) : (
          <a className="jp-mlops-link" href={href}>
            {label}
          </a>
        )}
      </span>
    );
  }
  const href = now.runId === '' ? undefined : host.runHref?.(now.runId);
  return href === undefined ? null : (
    <a className="jp-mlops-link" href={href}>
      {trans.__('its run')}
    </a>
  );
}

function inWords({ status, seen, ended }: IServed, alive: boolean, trans: ITranslate): string {
  if (status === 'ended') {
    return ended === null ? trans.__('ended') : trans.__('ended %1', formatTime(ended));
  }
  if (status === 'failed') {
    return trans.__('did not start');
  }
  if (!alive) {
    // It ends with its kernel, so that this one serves it no longer, or was not reached yet.
    return seen === null ? trans.__('as saved') : trans.__('last seen %1', formatTime(seen));
  }
  return status === 'loading' ? trans.__('loading…') : trans.__('serving');
}
