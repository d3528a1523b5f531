import type { ITrace } from '../types';
import { words } from '../translation';

export interface IPlotEvent {
  points?: { data?: unknown; pointIndex?: number; pointNumber?: number }[];
}

type Pointed = 'plotly_hover' | 'plotly_unhover' | 'plotly_click' | 'plotly_selected' | 'plotly_deselect';

export interface IPlotlyNode extends HTMLElement {
  on(name: Pointed, listener: (event?: IPlotEvent) => void): void;
  on(name: 'plotly_relayout' | 'plotly_restyle', listener: (event: unknown) => void): void;
}

/** The few functions of plotly.js that we call. */
export interface IPlotly {
  react(node: HTMLElement, data: ITrace[], layout: object, config: object): Promise<unknown>;
  restyle(node: HTMLElement, change: object, traces?: number[]): Promise<unknown>;
  relayout(node: HTMLElement, change: object): Promise<unknown>;
  purge(node: HTMLElement): void;
}

declare global {
  var Plotly: IPlotly | undefined;
}

/** Loads plotly.js from an address, where the page has none yet. */
export async function plotlyByScript(url: () => Promise<string>): Promise<IPlotly> {
  if (globalThis.Plotly === undefined) {
    const address = await url();
    await withoutRequire(() => byScript(address));
  }
  return started();
}

/** The same from its bytes. */
export async function plotlyByBytes(bytes: () => Promise<ArrayBuffer>): Promise<IPlotly> {
  let url = '';
  try {
    return await plotlyByScript(async () => {
      url = URL.createObjectURL(new Blob([await bytes()], { type: 'text/javascript' }));
      return url;
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function started(): IPlotly {
  if (globalThis.Plotly === undefined) {
    throw new Error(words.__('plotly.js did not start.'));
  }
  return globalThis.Plotly;
}

/** What loads something once, however often it is asked; after a failure the next who asks tries again. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

/** Where the page has RequireJS, the library would register there and not on the page. */
async function withoutRequire<T>(load: () => Promise<T>): Promise<T> {
  const page = globalThis as { define?: unknown };
  const { define } = page;
  delete page.define;
  try {
    return await load();
  } finally {
    if (define !== undefined) {
      page.define = define;
    }
  }
}

function byScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Error(words.__('plotly.js could not be loaded.')));
    };
    document.head.append(script);
  });
}
