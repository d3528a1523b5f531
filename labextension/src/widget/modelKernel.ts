import { RequestError } from '../components/errors';
import { dict } from '../components/parse';
import type { IKernel, ILink, ILinkEvents } from '../linked/places';
import { Questions } from '../linked/questions';
import { words } from '../components/translation';

type Buffers = readonly (ArrayBuffer | ArrayBufferView)[];

/** What anywidget gives of a widget's model. */
export interface IModel {
  send(content: object): void;
  on(event: string, listener: (message: unknown, buffers?: Buffers) => void): void;
  off(event: string, listener: (message: unknown, buffers?: Buffers) => void): void;
  widget_manager?: unknown;
}

/**
 * The kernel as a widget knows it: by the one comm that all its views in all pages share. Each says
 * its name with every message and hears what is sent to that name.
 */
export class ModelKernel implements IKernel {
  constructor(private readonly model: IModel) {
    model.on('msg:custom', this.hear);
    model.on('comm:close', this.gone);
    model.on('comm_live_update', this.doubt);
  }

  link(_: string, events: ILinkEvents): ILink {
    this.events = events;
    this.say({ hello: true });
    const kernel = this;
    return {
      get isAlive() {
        return kernel.isAlive;
      },
      send: state => this.say({ state }),
      ask: (method, params, waitMs) => this.ask(method, params, waitMs),
      dispose: () => this.say({ bye: true })
    };
  }

  ask(method: string, params: object, waitMs?: number): Promise<unknown> {
    return this.isGone
      ? Promise.reject(new RequestError('NO_KERNEL', words.__('The kernel went away.')))
      : this.questions.ask(ask => this.say({ ask, method, params }), waitMs);
  }

  dispose(): void {
    this.model.off('msg:custom', this.hear);
    this.model.off('comm:close', this.gone);
    this.model.off('comm_live_update', this.doubt);
    this.questions.end();
  }

  private readonly hear = (message: unknown, buffers?: Buffers): void => {
    const { to, state } = dict(message);
    if (to !== this.page) {
      return;
    }
    if (state !== undefined) {
      this.setAlive(true);
      this.events?.state(state);
    }
    this.questions.hear(message, buffers);
  };

  private readonly gone = (): void => {
    this.isGone = true;
    this.questions.end();
    this.setAlive(false);
  };

  /** The kernel is lost or found again, and the event does not say which: an answer does. */
  private readonly doubt = (): void => {
    this.questions.end();
    this.setAlive(false);
    this.say({ hello: true });
  };

  private say(content: object): void {
    try {
      if (!this.isGone) {
        this.model.send({ page: this.page, ...content });
      }
    } catch {
      // A comm whose kernel went away may say so instead of sending.
      this.gone();
    }
  }

  private setAlive(alive: boolean): void {
    if (this.isAlive !== alive) {
      this.isAlive = alive;
      this.events?.alive(alive);
    }
  }

  private readonly page = `view ${Math.random()}`;
  private readonly questions = new Questions();
  private events: ILinkEvents | null = null;
  private isAlive = false;
  private isGone = false;
}
