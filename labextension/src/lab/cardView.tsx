import { useEffect, useState, type ReactElement } from 'react';
import { readCompareData } from '../components/bundles';
import { Card } from '../components/card/Card';
import type { ICardBundle, ICardRun } from '../components/types';
import type { Server } from './request';

const QUIET_MS = 4000;

interface IProps {
  bundle: ICardBundle;
  /** How many times the kernel has sent the card to this output. */
  received: number;
  server: Server;
}

/**
 * The card, and the truth about a run that is called running and sends nothing: its kernel may have
 * died, or the notebook was saved in the middle. Then the store knows how it ended.
 */
export function CardView({ bundle, received, server }: IProps): ReactElement {
  const [known, setKnown] = useState<ICardRun | null>(null);
  const { run, store } = bundle;
  useEffect(() => {
    setKnown(null);
    if (run.status !== 'RUNNING') {
      return;
    }
    const ask = async (): Promise<void> => {
      const answer = await server.post('views/compare', { store }, { run_ids: [run.runId] });
      const row = readCompareData(answer).rows[0];
      if (row && row.status !== 'RUNNING') {
        window.clearInterval(timer);
        setKnown({ ...run, status: row.status, endTime: row.endTime, elapsed: row.duration ?? run.elapsed });
      }
    };
    const timer = window.setInterval(() => void ask().catch(() => undefined), QUIET_MS);
    return () => window.clearInterval(timer);
    // Every card that comes starts the wait anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [received, server]);
  return <Card bundle={bundle} run={known ?? run} />;
}
