/** What a view leaves in the notebook's file. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { JSONExt, type PartialJSONObject, type PartialJSONValue } from '@lumino/coreutils';
import { isDict } from '../components/parse';

export const MIME = 'application/vnd.jupyter-mlops+json';
const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';
const WAIT_MS = 250;

/** Writes the state of a view into its output, a moment after the last change. */
export class StateWriter {
  constructor(private model: IRenderMime.IMimeModel) {}

  /** A re-sent output is a new model. */
  follow(model: IRenderMime.IMimeModel): void {
    this.model = model;
  }

  write(state: object): void {
    this.waiting = state;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(), WAIT_MS);
  }

  flush(): void {
    const state = this.waiting;
    window.clearTimeout(this.timer);
    this.waiting = null;
    const spec = this.model.data[MIME];
    if (state === null || !isDict(spec)) {
      return;
    }
    const written = { ...spec, state } as unknown as PartialJSONValue;
    // An equal write would only mark the notebook as changed.
    if (!JSONExt.deepEqual(written, spec as PartialJSONValue)) {
      this.model.setData({
        data: { ...this.model.data, [MIME]: written } as PartialJSONObject,
        metadata: this.model.metadata
      });
    }
  }

  /** What waits is dropped: the output that would hold it is going away. */
  dispose(): void {
    window.clearTimeout(this.timer);
    this.waiting = null;
  }

  private waiting: object | null = null;
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
