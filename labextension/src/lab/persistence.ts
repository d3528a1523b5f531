/** What a view leaves in the notebook's file. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { JSONExt, type PartialJSONObject, type PartialJSONValue } from '@lumino/coreutils';
import { isDict } from '../components/parse';
import { MIME, WIDGET_MIME } from '../linked/mimes';
import type { IWriter } from '../linked/places';

const WAIT_MS = 250;

/** Writes the state of a view into its output, a moment after the last change. */
export class StateWriter implements IWriter {
  constructor(private model: IRenderMime.IMimeModel) {}

  /** A re-sent output is a new model. */
  follow(model: IRenderMime.IMimeModel): void {
    this.model = model;
  }

  write(state: object, lasting: { [mime: string]: string } = {}, isUrgent = true): void {
    this.waiting = state;
    this.lasting = lasting;
    window.clearTimeout(this.timer);
    this.timer = isUrgent ? window.setTimeout(() => this.flush(), WAIT_MS) : 0;
  }

  flush(): void {
    const state = this.waiting;
    window.clearTimeout(this.timer);
    this.waiting = null;
    const spec = this.model.data[MIME];
    if (state === null || !isDict(spec)) {
      return;
    }
    const { data, metadata } = this.model;
    const written = { ...data, ...this.lasting, [MIME]: { ...spec, state } } as unknown as PartialJSONObject;
    // An equal write would only mark the notebook as changed.
    if (!JSONExt.deepEqual(written, data as PartialJSONValue)) {
      this.model.setData({ data: written, metadata });
    }
  }

  /** What waits is dropped: the output that would hold it is going away. */
  dispose(): void {
    window.clearTimeout(this.timer);
    this.waiting = null;
  }

  private waiting: object | null = null;
  private lasting: { [mime: string]: string } = {};
  private timer = 0;
}

/**
 * Takes the widget view out of outputs that also hold our own view: reopened without its kernel, a
 * widget would show an error where our view or the table can be.
 */
export function dropWidgetViews(panel: NotebookPanel): void {
  for (const cell of panel.content.model?.cells ?? []) {
    if (!('outputs' in cell)) {
      continue;
    }
    const { outputs } = cell as ICodeCellModel;
    for (let index = 0; index < outputs.length; index++) {
      const output = outputs.get(index);
      if (MIME in output.data && WIDGET_MIME in output.data) {
        const { [WIDGET_MIME]: _, ...data } = output.data;
        output.setData({ data, metadata: output.metadata });
      }
    }
  }
}
