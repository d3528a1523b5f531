import { useState, type ReactElement } from 'react';
import { formatAgo, formatTime, lastPart } from '../formats';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useNow } from '../useNow';
import { askHistory } from './questions';
import type { IEvent, IModelsHost } from './types';
import { useAnswer } from '../useAnswer';

const STEP = 50;

interface IProps {
  host: IModelsHost;
  name: string;
  stamp: number;
}

/** What happened to the model, the newest first. */
export function History({ host, name, stamp }: IProps): ReactElement {
  const trans = useTranslation();
  const now = useNow();
  const [most, setMost] = useState(STEP);
  const { data, problem, pending } = useAnswer(() => askHistory(host, name), name, stamp);
  const events = data?.events ?? [];
  return (
    <div data-testid="mlops-history" aria-busy={pending}>
      <Trouble problem={problem} pending={pending} />
      {data !== null && events.length === 0 && (
        <p className="jp-mlops-empty">{trans.__('Nothing has been recorded yet.')}</p>
      )}
      <ol className="jp-mlops-timeline">
        {events.slice(0, most).map((event, index) => (
          <Event key={`${event.change} ${index}`} event={event} now={now} />
        ))}
      </ol>
      {events.length > most && (
        <button type="button" className="jp-mlops-link" onClick={() => setMost(most + STEP)}>
          {trans.__('Show older ones, %1 more', events.length - most)}
        </button>
      )}
    </div>
  );
}

function Event({ event, now }: { event: IEvent; now: number }): ReactElement {
  const trans = useTranslation();
  const user = shortUser(event.user);
  const who = event.host === '' ? user : trans.__('%1 on %2', user, event.host);
  const { notebook, comment } = event;
  return (
    <li data-testid="mlops-event" data-action={event.action}>
      <div className="jp-mlops-event-line">
        <span>{event.text}</span>
        {event.forced && (
          <span
            className="jp-mlops-badge jp-mlops-forced"
            title={trans.__('A gate refused it, and it was moved all the same')}
          >
            {trans.__('forced')}
          </span>
        )}
      </div>
      {comment !== null && <blockquote>{comment}</blockquote>}
      <div className="jp-mlops-quiet jp-mlops-event-who">
        <time title={formatTime(event.time)} dateTime={new Date(event.time).toISOString()}>
          {formatAgo(event.time, now, trans)}
        </time>
        <span title={event.user}>{who}</span>
        {notebook !== null && <span title={notebook}>{lastPart(notebook)}</span>}
      </div>
    </li>
  );
}

/** Jupyter names users without a log-in by 32 digits of chance. */
function shortUser(user: string): string {
  return /^[0-9a-f]{32}$/.test(user) ? user.slice(0, 8) : user;
}
