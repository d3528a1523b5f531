import type { ReactElement } from 'react';
import { formatTime } from '../formats';
import { useTranslation } from '../translation';
import type { IAlert, Level } from './types';

const SHAPES: Record<Level, string> = {
  info: 'M8 7.2v4M8 4.8h.01',
  warning: 'M8 6.4v3.2M8 11.8h.01',
  error: 'M8 4.4v4.4M8 11.4h.01'
};
const OUTLINES: Record<Level, string> = {
  info: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13z',
  warning: 'M8 2L14.8 14H1.2z',
  error: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z'
};

/** What the run warns of, the newest last; a screen reader hears of new ones. */
export function Alerts({ alerts }: { alerts: IAlert[] }): ReactElement {
  const trans = useTranslation();
  return (
    <ul className="jp-mlops-alerts" aria-live="polite" aria-label={trans.__('Alerts')}>
      {alerts.map(alert => (
        <Alert key={`${alert.level} ${alert.title}`} alert={alert} />
      ))}
    </ul>
  );
}

function Alert({ alert }: { alert: IAlert }): ReactElement {
  const trans = useTranslation();
  const { title, text, level, time, count } = alert;
  const label =
    level === 'info' ? trans.__('Note') : level === 'error' ? trans.__('Error') : trans.__('Warning');
  return (
    <li className="jp-mlops-alert" data-level={level} title={time === null ? undefined : formatTime(time)}>
      <svg className="jp-mlops-icon" viewBox="0 0 16 16" width="14" height="14" role="img" aria-label={label}>
        <path d={OUTLINES[level]} />
        <path d={SHAPES[level]} />
      </svg>
      <span>
        <b>{title}</b> {text}
        {count > 1 && <span className="jp-mlops-quiet"> {trans.__('%1 times', count)}</span>}
      </span>
    </li>
  );
}
