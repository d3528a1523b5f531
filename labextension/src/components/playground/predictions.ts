import { dict } from '../parse';
import type { ITranslate } from '../translation';
import { readForm, readPlaygroundState, readRows, readValue, readWhatIf } from './bundles';
import { base64, rowsOf } from './files';
import type { IForm, IPlaygroundState, ITableRow, IValues, IWhatIf, Value } from './types';

type Part = Partial<IPlaygroundState>;

/** Sends the body of a view or an action about one store. */
type Post = (path: string, body: object) => Promise<unknown>;

/** What models say that run in a process of the server; each answer is a part of the playground's state. */
export class Predictions {
  constructor(
    private readonly post: Post,
    private readonly models: string[],
    private readonly trans: ITranslate
  ) {}

  async open(): Promise<{ form: IForm; state: Part }> {
    const { form, state } = dict(await this.ask('open', {}));
    return { form: readForm(form), state: readPlaygroundState(state) };
  }

  async load(): Promise<Part> {
    return saidOf(await this.ask('load', {}));
  }

  async trust(): Promise<Part> {
    return saidOf(await this.post('actions/trust_model', this.body({})));
  }

  async predict(values: IValues, params: IValues): Promise<Part> {
    return saidOf(await this.post('views/predict', this.body({ values, params })));
  }

  /** What the form shows of the file. */
  async sendFile(field: string, file: File): Promise<Value> {
    const data = await base64(file, this.trans);
    return readValue(dict(await this.ask('file', { field, name: file.name, data })).file);
  }

  async sendRows(file: File, params: IValues): Promise<Part> {
    const content = await rowsOf(file, this.trans);
    return saidOf(await this.ask('rows', { name: file.name, params, ...content }));
  }

  async rows(
    offset: number,
    limit: number,
    differing: boolean
  ): Promise<{ rows: ITableRow[]; total: number }> {
    return readRows(await this.ask('table', { offset, limit, differing }));
  }

  async whatIf(
    { values, params }: IPlaygroundState,
    features: string[],
    output: string | null
  ): Promise<IWhatIf> {
    return readWhatIf(await this.ask('what_if', { values, params, features, output }));
  }

  private ask(method: string, parameters: object): Promise<unknown> {
    return this.post(`views/predict_${method}`, this.body(parameters));
  }

  private body(parameters: object): object {
    return { models: this.models, page: this.page, ...parameters };
  }

  /** What the server keeps files and tables under: nobody else can say it. */
  private readonly page = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte =>
    byte.toString(16).padStart(2, '0')
  ).join('');
}

/** What was typed while the model thought stays. */
function saidOf(answer: unknown): Part {
  const { values: _, params: __, ...part } = readPlaygroundState(answer);
  return part;
}
