/** What a widget leaves in the notebook's file, where the front end is JupyterLab or Notebook without our extension. */
import { dict, isDict, type Dict } from '../components/parse';
import { MIME, WIDGET_MIME } from '../linked/mimes';
import type { IWriter } from '../linked/places';

interface ISaved {
  state: object;
  lasting: { [mime: string]: string };
}

/** By the ids of the views. */
const saved = new Map<string, ISaved>();

/** Keeps the state of a view for the next time that the notebook is written. */
export class SavedState implements IWriter {
  constructor(private readonly viewId: string) {}

  write(state: object, lasting: { [mime: string]: string } = {}): void {
    saved.set(this.viewId, { state, lasting });
  }

  flush(): void {
    // What is written is asked for when the file is.
  }

  dispose(): void {
    // The output may be scrolled away or shown elsewhere: the file still holds it.
  }
}

/**
 * Leaves the widget views out of the file where an output also holds our own view: without its kernel
 * a widget shows an error, where the table of the HTML could be read. Its state is written beside it.
 * The notebook itself is not touched, so the living widgets stay. Elsewhere there is nothing to wrap.
 */
export function keepFileClean(manager: unknown): void {
  const model = dict(dict(manager).context).model;
  const notebook = model as { toJSON?: () => unknown; [CLEAN]?: true } | undefined;
  const toJSON = notebook?.toJSON;
  if (notebook === undefined || typeof toJSON !== 'function' || notebook[CLEAN] === true) {
    return;
  }
  notebook[CLEAN] = true;
  notebook.toJSON = () => {
    const written = toJSON.call(notebook);
    clean(written);
    return written;
  };
}

const CLEAN = Symbol.for('jupyter_mlops keeps this file clean');

function clean(notebook: unknown): void {
  const { cells } = dict(notebook);
  for (const cell of Array.isArray(cells) ? cells : []) {
    const { outputs } = dict(cell);
    for (const output of Array.isArray(outputs) ? outputs : []) {
      if (isDict(output) && isDict(output.data) && isDict(output.data[MIME])) {
        output.data = lastingForms(output.data, output.data[MIME]);
      }
    }
  }
}

function lastingForms(data: Dict, spec: Dict): Dict {
  const { [WIDGET_MIME]: _, ...kept } = data;
  const now = saved.get(String(spec.id));
  return now === undefined ? kept : { ...kept, ...now.lasting, [MIME]: { ...spec, state: now.state } };
}
