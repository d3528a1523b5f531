import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { useEffect, useState, type ReactElement } from 'react';
import { refreshed } from '../components/card/bundles';
import { Card } from '../components/card/Card';
import type { ICardBundle } from '../components/card/types';
import { endProgram } from './kernelLink';
import type { Server } from './request';

const FIRST_MS = 500;
const QUIET_MS = 4000;

interface IProps {
  bundle: ICardBundle;
  /** How many times the kernel has sent the card to this output. */
  received: number;
  server: Server;
  /** The notebook's kernel, where there is a notebook. */
  session: ISessionContext | null;
  drawNote: (text: string) => ReactElement;
}

/**
 * The card, and the truth about a run that is called running and sends nothing: its kernel may have
 * died, the notebook was saved in the middle, or the page was opened again while the cell runs. Then
 * the store knows how it stands; when the store can't be asked, a kernel that does nothing says that
 * the card is an old one.
 */
export function CardView({ bundle, received, server, session, drawNote }: IProps): ReactElement {
  const [newer, setNewer] = useState<ICardBundle | null>(null);
  const [old, setOld] = useState(false);
  const running = bundle.run.status === 'RUNNING';
  const ended = newer !== null && newer.run.status !== 'RUNNING';
  useEffect(() => {
    setNewer(null);
    setOld(false);
  }, [received, running, server]);
  useEffect(() => {
    if (!running || ended) {
      return;
    }
    let isLatest = true;
    const ask = (): void => {
      if (document.visibilityState !== 'visible') {
        return;
      }
      const { store, run } = bundle;
      const ask = (view: string): Promise<unknown> =>
        server.post(`views/${view}`, { store }, { run_id: run.runId });
      Promise.all([ask('run_details'), bundle.steps ? ask('run_steps') : null]).then(
        ([details, tree]) => isLatest && setNewer(refreshed(bundle, details, tree, Date.now())),
        () => isLatest && setOld(session?.session?.kernel?.status !== 'busy')
      );
    };
    // Out of a file a card comes once; a living one sends the next before the first question.
    const first = window.setTimeout(ask, received === 1 ? FIRST_MS : QUIET_MS);
    const timer = window.setInterval(ask, QUIET_MS);
    return () => {
      isLatest = false;
      window.clearTimeout(first);
      window.clearInterval(timer);
    };
    // Every card that comes starts the wait anew.
  }, [received, running, ended, server]);
  const kernel = session?.session?.kernel;
  const end = bundle.apart ? endProgram : (of: Kernel.IKernelConnection): Promise<void> => of.interrupt();
  const onStop = kernel && kernel.id === bundle.kernel ? () => end(kernel, bundle.run.runId) : undefined;
  return <Card bundle={newer ?? bundle} asSaved={old} drawNote={drawNote} onStop={onStop} />;
}
