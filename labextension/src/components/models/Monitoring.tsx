import { useState, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { copyText } from '../clipboard';
import { CopyButton } from '../CopyButton';
import { Figure } from '../Figure';
import { formatNumber, formatTime } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import { Drifts } from './Drifts';
import { askMonitoring } from './questions';
import type { IModelsHost, IMonitored, IVersionRow } from './types';

const DAYS = ['1', '7', '30', '365'];

interface IProps {
  host: IModelsHost;
  name: string;
  version: string | null;
  /** To choose from. */
  versions: IVersionRow[];
  onVersion(version: string): void;
}

/** What a served version was asked: how much, how fast, how often in vain, and how far the data have moved. */
export function Monitoring({ host, name, version, versions, onVersion }: IProps): ReactElement {
  const trans = useTranslation();
  const [days, setDays] = useState('7');
  const [looked, setLooked] = useState(0);
  const about = `${name}/${version ?? ''}`;
  const ask = version === null ? null : () => askMonitoring(host, name, version, Number(days));
  // Not at each change of the store, of which a log is no part.
  const { kept, problem, pending } = useAnswer(ask, `${about} ${days}`, looked, about);
  if (version === null) {
    return <p className="jp-mlops-empty">{trans.__('No versions yet')}</p>;
  }
  const known = versions.map(row => row.version);
  const numbers = known.includes(version) ? known : [version, ...known];
  const monitored = kept?.monitored ?? null;
  return (
    <div className="jp-mlops-monitoring" data-testid="mlops-monitoring" aria-busy={pending}>
      <div className="jp-mlops-toolbar">
        <Choice
          label={trans.__('Version')}
          value={version}
          options={numbers.map(one => [one, trans.__('v%1', one)] as const)}
          onChoice={onVersion}
        />
        <Choice
          label={trans.__('Last')}
          value={days}
          options={DAYS.map(one => [one, trans._n('%1 day', '%1 days', Number(one))] as const)}
          testid="mlops-monitoring-days"
          onChoice={setDays}
        />
        <button
          type="button"
          className="jp-mlops-link"
          data-testid="mlops-monitoring-look"
          onClick={() => setLooked(looked + 1)}
        >
          {trans.__('Look again')}
        </button>
      </div>
      <Trouble problem={problem} pending={pending && kept === null} />
      {kept !== null && monitored === null && <HowToBegin uri={`models:/${name}/${version}`} />}
      {monitored !== null && <Facts monitored={monitored} />}
      {monitored !== null && (
        <div className="jp-mlops-monitoring-figures">
          {monitored.figures.map(([figure, drawn]) => (
            <section key={figure} aria-label={titleOf(figure, trans)}>
              <h4>{titleOf(figure, trans)}</h4>
              <Figure
                host={host}
                figure={drawn}
                label={titleOf(figure, trans)}
                testid="mlops-monitoring-figure"
              />
            </section>
          ))}
        </div>
      )}
      {monitored !== null && <Drifts monitored={monitored} />}
    </div>
  );
}

function HowToBegin({ uri }: { uri: string }): ReactElement {
  const trans = useTranslation();
  const command = `jupyter mlops models serve -m '${uri.replace(/'/g, `'\\''`)}' --log`;
  return (
    <div className="jp-mlops-empty" data-testid="mlops-monitoring-none">
      <p>
        {trans.__('No requests to this version have been logged. A server that keeps them is started by')}
      </p>
      <p>
        <code>{command}</code> <CopyButton text={command} label={trans.__('Copy')} copy={copyText} />
      </p>
    </div>
  );
}

function Facts({ monitored }: { monitored: IMonitored }): ReactElement {
  const trans = useTranslation();
  const { begin, end, isWhole, requests, errors, failed, kept, latency } = monitored;
  const share = formatNumber((100 * errors) / Math.max(requests, 1), 2);
  return (
    <dl className="jp-mlops-facts" data-testid="mlops-monitoring-facts">
      <dt>{trans.__('Time')}</dt>
      <dd>
        {trans.__('%1 to %2', formatTime(begin), formatTime(end))}
        {!isWhole && ` · ${trans.__('the newest of a longer log')}`}
      </dd>
      <dt>{trans.__('Requests')}</dt>
      <dd>
        {formatNumber(requests)}
        {kept !== requests && ` · ${trans.__('estimated by %1 that were kept', formatNumber(kept))}`}
      </dd>
      <dt>{trans.__('Errors')}</dt>
      <dd>
        {[
          trans.__('%1 (%2 %)', formatNumber(errors), share),
          ...failed.map(([status, count]) => trans.__('%1 with status %2', formatNumber(count), status))
        ].join(' · ')}
      </dd>
      {latency.length > 0 && (
        <>
          <dt>{trans.__('Latency')}</dt>
          <dd>{latency.map(([one, ms]) => trans.__('%1 %2 ms', one, formatNumber(ms, 3))).join(' · ')}</dd>
        </>
      )}
    </dl>
  );
}

function titleOf(figure: string, trans: ITranslate): string {
  switch (figure) {
    case 'volume':
      return trans.__('Requests over time');
    case 'latency':
      return trans.__('Latency over time');
    default:
      return figure;
  }
}
