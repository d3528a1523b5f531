import { useEffect, useRef, useState, useSyncExternalStore, type ReactElement } from 'react';
import { StopButton } from '../card/StopButton';
import { said } from '../errors';
import { isInSight } from '../sight';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { HowToAsk } from './HowToAsk';
import { Latency } from './Latency';
import { LastLines } from './LastLines';
import { Numbers } from './Numbers';
import { ServedHead } from './ServedHead';
import type { IServedHost } from './types';

const EVERY_MS = 1500;

/** A model that a kernel serves: where it answers, how often, how fast, and the way to end it. */
export function Served({ host }: { host: IServedHost }): ReactElement {
  const trans = useTranslation();
  const { state, alive } = useSyncExternalStore(host.subscribe, host.get);
  const { now } = state;
  const place = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const goesOn = alive && (now.status === 'ready' || now.status === 'loading');
  useEffect(() => {
    if (!goesOn) {
      return;
    }
    let waiting = false;
    const look = (): void => {
      if (waiting || !isInSight(place.current)) {
        return;
      }
      waiting = true;
      const done = (error: string | null): void => {
        waiting = false;
        setProblem(error);
      };
      host.look().then(
        () => done(null),
        (error: unknown) => done(said(error))
      );
    };
    look();
    const timer = window.setInterval(look, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [host, goesOn]);
  const tried = (what: () => Promise<void>): Promise<void> =>
    what().then(
      () => setProblem(null),
      (error: unknown) => setProblem(said(error))
    );
  return (
    <div
      ref={place}
      role="group"
      className="jp-mlops-card"
      data-testid="mlops-served-model"
      data-status={now.status}
      data-alive={alive}
      aria-label={trans.__('Served model %1', now.name)}
    >
      <ServedHead host={host} now={now} alive={alive}>
        {goesOn && (
          <StopButton
            title={trans.__('End the server; its port is free then')}
            onStop={() => tried(() => host.stop())}
          />
        )}
        {alive && !goesOn && (
          <button
            type="button"
            className="jp-mlops-button"
            data-testid="mlops-serve-again"
            onClick={() => void tried(() => host.start())}
          >
            {trans.__('Start again')}
          </button>
        )}
      </ServedHead>
      <Trouble problem={problem} />
      {now.error !== null && (
        <pre className="jp-mlops-error jp-mlops-served-error" role="alert" tabIndex={0}>
          {now.error}
        </pre>
      )}
      {now.requests > 0 && <Numbers now={now} />}
      {now.requests > 0 && <Latency buckets={now.buckets} />}
      {now.requests === 0 && now.status === 'ready' && alive && <HowToAsk host={host} now={now} />}
      {now.error === null && <LastLines log={now.log} isOpen={now.status === 'loading'} />}
    </div>
  );
}
