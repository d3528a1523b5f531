import { RequestError } from '../components/errors';
import { dict, isDict, number, text } from '../components/parse';
import { words } from '../components/translation';

const ANSWER_MS = 10000;

interface IQuestion {
  resolve(data: unknown): void;
  reject(error: Error): void;
}

/** Questions to a kernel that wait for their answers, by number. */
export class Questions {
  /** `send` gets the number under which the answer will come. */
  ask(send: (id: number) => void, waitMs = ANSWER_MS): Promise<unknown> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.waiting.delete(id);
        reject(new RequestError('TIMEOUT', words.__('The kernel did not answer.')));
      };
      const timer = window.setTimeout(late, waitMs);
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          window.clearTimeout(timer);
          how(value);
        };
      this.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      send(id);
    });
  }

  /** A message of the kernel: data, bytes or an error, if it is an answer at all. */
  hear(message: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    const { answer, data, error, bytes } = dict(message);
    const id = number(answer);
    const question = id === null ? undefined : this.waiting.get(id);
    if (id === null || question === undefined) {
      return;
    }
    this.waiting.delete(id);
    if (isDict(error)) {
      question.reject(new RequestError(text(error.error_code), text(error.message)));
    } else {
      question.resolve(bytes === true ? wholeBuffer(buffers[0]) : data);
    }
  }

  /** Nobody is there to answer any more. */
  end(): void {
    const error = new RequestError('NO_KERNEL', words.__('The kernel went away.'));
    this.waiting.forEach(question => question.reject(error));
    this.waiting.clear();
  }

  private readonly waiting = new Map<number, IQuestion>();
  private asked = 0;
}

/** The bytes alone: a view may show a part of what a message brought. */
function wholeBuffer(sent: ArrayBuffer | ArrayBufferView | undefined): ArrayBuffer {
  if (sent === undefined) {
    return new ArrayBuffer(0);
  }
  if (!ArrayBuffer.isView(sent)) {
    return sent;
  }
  const copy = new Uint8Array(sent.byteLength);
  copy.set(new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength));
  return copy.buffer;
}
