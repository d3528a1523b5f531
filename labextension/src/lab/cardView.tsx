import { useEffect, useState, type ReactElement } from 'react';
import { readCompareData } from '../components/compare/bundles';
import { Card } from '../components/card/Card';
import type { ICardBundle, ICardRun } from '../components/types';
import type { Server } from './request';

const QUIET_MS = 4000;

interface IProps {
  bundle: ICardBundle;
  /** How many times the kernel has sent the card to this output. */
  received: number;
  server: Server;
  /** Whether the notebook's kernel works on something. */
  isBusy(): boolean;
  drawNote: (text: string) => ReactElement;
}

/** How a run ended, as the store knows it; null while it runs. */
async function ending(bundle: ICardBundle, server: Server): Promise<ICardRun | null> {
  const { run, store } = bundle;
  const answer = await server.post('views/compare', { store }, { query: { run_ids: [run.runId] } });
  const row = readCompareData(answer).rows[0];
  if (row === undefined) {
    throw new Error('The store does not know the run.');
  }
  return row.status === 'RUNNING'
    ? null
    : { ...run, status: row.status, endTime: row.endTime, elapsed: row.duration ?? run.elapsed };
}

/**
 * The card, and the truth about a run that is called running and sends nothing: its kernel may have
 * died, or the notebook was saved in the middle. Then the store knows how it ended; when the store
 * can't be asked, a kernel that does nothing says that the card is an old one.
 */
export function CardView({ bundle, received, server, isBusy, drawNote }: IProps): ReactElement {
  const [ended, setEnded] = useState<ICardRun | null>(null);
  const [old, setOld] = useState(false);
  const running = bundle.run.status === 'RUNNING';
  useEffect(() => {
    setEnded(null);
    setOld(false);
    if (!running) {
      return;
    }
    const ask = (): void => {
      if (document.visibilityState !== 'visible') {
        return;
      }
      ending(bundle, server).then(setEnded, () => setOld(!isBusy()));
    };
    const timer = window.setInterval(ask, QUIET_MS);
    return () => window.clearInterval(timer);
    // Every card that comes starts the wait anew.
  }, [received, running, server]);
  return <Card bundle={bundle} run={ended ?? bundle.run} asSaved={old} drawNote={drawNote} />;
}
