import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { once, plotlyByScript, type IPlotly } from '../components/figures/plotly';

const PLOTLY_MIME = 'application/vnd.plotly.v1+json';

/**
 * plotly.js: 5 MB that the renderer of the plotly package may have brought already. Our own route is
 * for where that package is not installed beside JupyterLab.
 */
export function plotlyLoader(
  rendermime: IRenderMimeRegistry,
  scriptUrl: () => Promise<string>
): () => Promise<IPlotly> {
  return once(async () => {
    if (globalThis.Plotly === undefined && rendermime.getFactory(PLOTLY_MIME)) {
      await byRenderer(rendermime).catch(() => undefined);
    }
    return plotlyByScript(scriptUrl);
  });
}

/** Drawing anything makes the installed renderer load its plotly.js, which it leaves on the page. */
async function byRenderer(rendermime: IRenderMimeRegistry): Promise<void> {
  const renderer = rendermime.createRenderer(PLOTLY_MIME);
  await renderer.renderModel({
    data: { [PLOTLY_MIME]: { data: [], layout: {} } },
    metadata: {},
    trusted: true,
    setData: () => undefined
  });
  renderer.dispose();
}
