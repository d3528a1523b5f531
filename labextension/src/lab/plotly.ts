import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITrace } from '../components/types';

const PLOTLY_MIME = 'application/vnd.plotly.v1+json';

interface IPlotEvent {
  points?: { data?: { meta?: unknown } }[];
}

export interface IPlotlyNode extends HTMLElement {
  on(name: 'plotly_hover' | 'plotly_unhover' | 'plotly_click', listener: (event: IPlotEvent) => void): void;
}

/** The few functions of plotly.js that we call. */
export interface IPlotly {
  react(node: HTMLElement, data: ITrace[], layout: object, config: object): Promise<unknown>;
  restyle(node: HTMLElement, change: object): Promise<unknown>;
  relayout(node: HTMLElement, change: object): Promise<unknown>;
  purge(node: HTMLElement): void;
}

declare global {
  var Plotly: IPlotly | undefined;
}

let loading: Promise<IPlotly> | null = null;

/**
 * plotly.js, once for the page: 5 MB that the renderer of the plotly package may have brought
 * already. Our own route is for where that package is not installed beside JupyterLab.
 */
export function loadPlotly(
  rendermime: IRenderMimeRegistry | null,
  scriptUrl: () => Promise<string>
): Promise<IPlotly> {
  loading ??= find(rendermime, scriptUrl).catch((error: unknown) => {
    // The next chart tries again.
    loading = null;
    throw error;
  });
  return loading;
}

async function find(
  rendermime: IRenderMimeRegistry | null,
  scriptUrl: () => Promise<string>
): Promise<IPlotly> {
  if (globalThis.Plotly === undefined && rendermime?.getFactory(PLOTLY_MIME)) {
    await byRenderer(rendermime).catch(() => undefined);
  }
  if (globalThis.Plotly === undefined) {
    await byScript(await scriptUrl());
  }
  if (globalThis.Plotly === undefined) {
    throw new Error('plotly.js did not start.');
  }
  return globalThis.Plotly;
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

function byScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    // Where the page has RequireJS, the library would register there and not on the page.
    const page = globalThis as { define?: unknown };
    const { define } = page;
    const done = (): void => {
      if (define !== undefined) {
        page.define = define;
      }
    };
    delete page.define;
    script.src = url;
    script.onload = () => {
      done();
      resolve();
    };
    script.onerror = () => {
      done();
      script.remove();
      reject(new Error('plotly.js could not be loaded from the server.'));
    };
    document.head.append(script);
  });
}
