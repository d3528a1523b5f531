import { RequestError } from '../components/errors';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import { dict, isDict, number, text } from '../components/parse';
import type { ILink, ILinkEvents } from '../linked/places';

const TARGET = 'jupyter_mlops';
const SUBSHELL_MS = 3000;
const ANSWER_MS = 10000;
const GONE = ['restarting', 'autorestarting', 'terminating', 'dead'];

interface IQuestion {
  resolve(data: unknown): void;
  reject(error: Error): void;
}

/** Settled when the comm has its subshell; JupyterLab gives it to its own comms but not to the interface. */
function started(comm: Kernel.IComm): unknown {
  return 'subshellStarted' in comm ? comm.subshellStarted : undefined;
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

  ask(method: string, params: object, waitMs = ANSWER_MS): Promise<unknown> {
    const { up } = this;
    if (up === null || !this.isAlive) {
      return Promise.reject(new RequestError('NO_KERNEL', 'The kernel does not know this view.'));
    }
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.questions.delete(id);
        reject(new RequestError('TIMEOUT', 'The kernel did not answer.'));
      };
      const timer = window.setTimeout(late, waitMs);
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          window.clearTimeout(timer);
          how(value);
        };
      this.questions.set(id, { resolve: settle(resolve), reject: settle(reject) });
      up.send({ ask: id, method, params: params as JSONObject });
    });
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
      if (kernel.supportsSubshells) {
        await Promise.race([
          Promise.all([started(down), started(up)]),
          new Promise(resolve => window.setTimeout(resolve, SUBSHELL_MS))
        ]);
      }
      if (turn !== this.turn) {
        return;
      }
      this.down = down;
      this.up = up;
      down.onMsg = message => this.hear(message.content.data);
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

  private hear(data: unknown): void {
    const { answer, state, data: found, error } = dict(data);
    const id = number(answer);
    if (state !== undefined) {
      // Python sends the whole state first: that it does says that it knows the view.
      this.setAlive(true);
      this.events.state(state);
    }
    const question = id === null ? undefined : this.questions.get(id);
    if (id === null || question === undefined) {
      return;
    }
    this.questions.delete(id);
    if (isDict(error)) {
      question.reject(new RequestError(text(error.error_code), text(error.message)));
    } else {
      question.resolve(found);
    }
  }

  private close(tell: boolean): void {
    this.turn += 1;
    if (tell) {
      [this.up, this.down].forEach(comm => comm && !comm.isDisposed && comm.close());
    }
    this.up = this.down = null;
    const error = new RequestError('NO_KERNEL', 'The kernel went away.');
    this.questions.forEach(question => question.reject(error));
    this.questions.clear();
    this.setAlive(false);
  }

  private setAlive(alive: boolean): void {
    if (this.isAlive !== alive) {
      this.isAlive = alive;
      this.events.alive(alive);
    }
  }

  private readonly questions = new Map<number, IQuestion>();
  private down: Kernel.IComm | null = null;
  private up: Kernel.IComm | null = null;
  private asked = 0;
  private turn = 0;
}
