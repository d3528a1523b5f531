import { RequestError } from '../errors';
import type { ITranslate } from '../translation';

/** As base64 that is still less than the 10 MB that a Jupyter server passes on. */
const MOST_BYTES = 5_000_000;

/** A file that is not too large to be sent. */
function sized(file: File, trans: ITranslate): File {
  if (file.size > MOST_BYTES) {
    throw new RequestError(
      'TOO_LARGE',
      trans.__('%1 has more than %2 MB: use w.predict() in Python.', file.name, MOST_BYTES / 1_000_000)
    );
  }
  return file;
}

export async function base64(file: File, trans: ITranslate): Promise<string> {
  const reader = new FileReader();
  const read = new Promise<string>((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new RequestError('FILE', String(reader.error?.message ?? '')));
  });
  reader.readAsDataURL(sized(file, trans));
  const url = await read;
  return url.slice(url.indexOf(',') + 1);
}

/** The content of a file of rows, as Python takes it. */
export async function rowsOf(file: File, trans: ITranslate): Promise<{ csv: string } | { npy: string }> {
  return file.name.toLowerCase().endsWith('.npy')
    ? { npy: await base64(file, trans) }
    : { csv: await sized(file, trans).text() };
}
