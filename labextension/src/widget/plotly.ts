import { started, withoutRequire, type IPlotly } from '../components/figures/plotly';

/** plotly.js of its bytes, where the page has none yet. */
export async function plotlyByModule(bytes: () => Promise<ArrayBuffer>): Promise<IPlotly> {
  if (globalThis.Plotly === undefined) {
    const url = URL.createObjectURL(new Blob([await bytes()], { type: 'text/javascript' }));
    await withoutRequire(() => import(url)).finally(() => URL.revokeObjectURL(url));
  }
  return started();
}
