import { RequestError } from '../components/errors';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import { dict } from '../components/parse';
import type { ILink, ILinkEvents } from '../linked/places';
import { Questions } from '../linked/questions';
import { words } from '../components/translation';

const TARGET = 'jupyter_mlops';
const STOP = 'jupyter_mlops.stop';
const SUBSHELL_MS = 3000;
const GONE = ['restarting', 'autorestarting', 'terminating', 'dead'];

/** Settled when the comms have their subshells; JupyterLab gives them to its own comms but not to the interface. */
async function started(kernel: Kernel.IKernelConnection, comms: Kernel.IComm[]): Promise<void> {
  if (kernel.supportsSubshells) {
    await Promise.race([
      Promise.all(comms.map(comm => ('subshellStarted' in comm ? comm.subshellStarted : undefined))),
      new Promise(resolve => window.setTimeout(resolve, SUBSHELL_MS))
    ]);
  }
}

/** Lets the kernel end the program of a run that it began. */
export async function endProgram(kernel: Kernel.IKernelConnection, runId: string): Promise<void> {
  const comm = kernel.createComm(STOP);
  await started(kernel, [comm]);
  comm.open({ run_id: runId });
}

/**
 * Ties a view to its object in the kernel by two comms. A kernel answers a comm in the subshell that
 * last wrote on it; on a single comm our messages would wait for a running cell.
 */
export class KernelLink implements ILink {
  constructor(
    private readonly session: ISessionContext,
    private readonly viewId: string,
    private readonly events: ILinkEvents
  ) {
    session.kernelChanged.connect(this.onKernel, this);
    session.statusChanged.connect(this.onStatus, this);
    void this.open();
  }

  isAlive = false;

  send(state: object): void {
    this.up?.send({ state: state as JSONObject });
  }

  ask(method: string, params: object, waitMs?: number): Promise<unknown> {
    const { up } = this;
    if (up === null || !this.isAlive) {
      return Promise.reject(new RequestError('NO_KERNEL', words.__('The kernel does not know this view.')));
    }
    const send = (ask: number): unknown => up.send({ ask, method, params: params as JSONObject });
    return this.questions.ask(send, waitMs);
  }

  dispose(): void {
    this.session.kernelChanged.disconnect(this.onKernel, this);
    this.session.statusChanged.disconnect(this.onStatus, this);
    this.close(true);
  }

  private onKernel(): void {
    this.close(false);
    void this.open();
  }

  private onStatus(_: ISessionContext, status: Kernel.Status): void {
    // A kernel that starts again has forgotten the view; its next display opens a new link.
    if (GONE.includes(status)) {
      this.close(false);
    }
  }

  private async open(): Promise<void> {
    const kernel = this.session.session?.kernel;
    if (!kernel) {
      return;
    }
    const turn = ++this.turn;
    try {
      await kernel.info;
      if (turn !== this.turn || !kernel.handleComms) {
        return;
      }
      const down = kernel.createComm(TARGET);
      const up = kernel.createComm(TARGET);
      await started(kernel, [down, up]);
      if (turn !== this.turn) {
        return;
      }
      this.down = down;
      this.up = up;
      down.onMsg = message => this.hear(message.content.data, message.buffers);
      // A kernel that does not know the view closes what we opened: the test for "alive".
      down.onClose = () => {
        if (turn === this.turn) {
          this.close(false);
        }
      };
      down.open({ id: this.viewId, role: 'down' });
      up.open({ id: this.viewId, role: 'up', with: down.commId });
    } catch {
      // The kernel went away meanwhile; a new one is a `kernelChanged`.
      this.close(false);
    }
  }

  private hear(data: unknown, buffers: (ArrayBuffer | ArrayBufferView)[] | undefined): void {
    const { state } = dict(data);
    if (state !== undefined) {
      // Python sends the whole state first: that it does says that it knows the view.
      this.setAlive(true);
      this.events.state(state);
    }
    this.questions.hear(data, buffers);
  }

  private close(tell: boolean): void {
    this.turn += 1;
    if (tell) {
      [this.up, this.down].forEach(comm => comm && !comm.isDisposed && comm.close());
    }
    this.up = this.down = null;
    this.questions.end();
    this.setAlive(false);
  }

  private setAlive(alive: boolean): void {
    if (this.isAlive !== alive) {
      this.isAlive = alive;
      this.events.alive(alive);
    }
  }

  private readonly questions = new Questions();
  private down: Kernel.IComm | null = null;
  private up: Kernel.IComm | null = null;
  private turn = 0;
}
