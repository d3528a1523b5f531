import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Charts } from '../components/figures/charts';
import { once, plotlyByScript } from '../components/figures/plotly';
import { dict, text } from '../components/parse';
import type { Server } from './request';

const PLOTLY_MIME = 'application/vnd.plotly.v1+json';
let charts: Charts | null = null;

/**
 * The charts of all notebooks and pages, so that plotly.js comes once: 5 MB that the renderer of the
 * plotly package may have brought already. Our own route is for where that package is not installed
 * beside JupyterLab.
 */
export function chartsOf(rendermime: IRenderMimeRegistry, server: Server): Charts {
  const scriptUrl = async (): Promise<string> =>
    server.url('plotly.js', { v: text(dict(await server.get('stores')).plotly) });
  charts ??= new Charts(
    once(async () => {
      if (globalThis.Plotly === undefined && rendermime.getFactory(PLOTLY_MIME)) {
        await byRenderer(rendermime).catch(() => undefined);
      }
      return plotlyByScript(scriptUrl);
    })
  );
  return charts;
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
