import { RequestError } from '../components/errors';
import { readRows, readWhatIf } from '../components/playground/bundles';
import type {
  IPlaygroundBundle,
  IPlaygroundHost,
  IPlaygroundState,
  ITableRow,
  IValues,
  IWhatIf
} from '../components/playground/types';

import { ViewHost } from './viewHost';

const MOST_BYTES = 5_000_000;
/** Models may take their time; a kernel that goes away ends the wait. */
const PATIENCE_MS = 600_000;

/** A playground asks its kernel alone: the models are there. */
export class PlaygroundHost extends ViewHost<IPlaygroundState, IPlaygroundBundle> implements IPlaygroundHost {
  async predict(values: IValues, params: IValues): Promise<void> {
    await this.told('predict', { values, params });
  }

  async trust(): Promise<void> {
    await this.told('trust', {});
  }

  async sendFile(field: string, file: File): Promise<void> {
    await this.told('file', { field, name: file.name, data: await this.base64(file) });
  }

  async sendRows(file: File): Promise<void> {
    const isArray = file.name.toLowerCase().endsWith('.npy');
    const content = isArray ? { npy: await this.base64(file) } : { csv: await this.sized(file).text() };
    await this.told('rows', { name: file.name, ...content });
  }

  async rows(
    offset: number,
    limit: number,
    differing: boolean
  ): Promise<{ rows: ITableRow[]; total: number }> {
    return readRows(await this.told('compare', { offset, limit, differing }));
  }

  async whatIf(features: string[], output: string | null): Promise<IWhatIf> {
    return readWhatIf(await this.told('what_if', { features, output }));
  }

  private told(method: string, body: object): Promise<unknown> {
    return this.fromKernel(method, body, PATIENCE_MS);
  }

  private sized(file: File): File {
    if (file.size > MOST_BYTES) {
      const { trans } = this.parts;
      throw new RequestError(
        'TOO_LARGE',
        trans.__('%1 has more than %2 MB: use w.predict() in Python.', file.name, MOST_BYTES / 1_000_000)
      );
    }
    return file;
  }

  private async base64(file: File): Promise<string> {
    const reader = new FileReader();
    const read = new Promise<string>((resolve, reject) => {
      reader.onload = () => resolve(String(reader.result));
      reader.onerror = () => reject(new RequestError('FILE', String(reader.error?.message ?? '')));
    });
    reader.readAsDataURL(this.sized(file));
    const url = await read;
    return url.slice(url.indexOf(',') + 1);
  }
}
