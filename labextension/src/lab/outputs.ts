import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ITranslator } from '@jupyterlab/translation';
import type { Charts } from '../components/figures/charts';
import { places } from '../components/addresses';
import { KernelLink } from './kernelLink';
import { markdownBy } from './markdown';
import { markdownInserter } from './markdownCells';
import { pageHref } from './pages/links';
import { MIME } from '../linked/mimes';
import { dropWidgetViews } from './persistence';
import type { ILabPlace, ILabServices } from './places';
import { chartsOf } from './plotly';
import { Renderer } from './renderer';
import { servicesOf } from './services';
import { guardShortcuts } from '../linked/shortcuts';

/** Before ipywidgets, whose renderer has rank -10: it has no fallback when the kernel is gone. */
const RANK = -20;

/** Safe, so that notebooks that are not trusted have it too: a bundle is data, read as foreign input. */
function factory(services: ILabServices, place: ILabPlace): IRenderMime.IRendererFactory {
  return { safe: true, mimeTypes: [MIME], createRenderer: () => new Renderer(services, place) };
}

/** A notebook's own factory knows its kernel and its file; the one of all JupyterLab knows neither. */
function bind(panel: NotebookPanel, services: ILabServices, charts: Charts): void {
  const { rendermime } = panel.content;
  const flushes = new Set<() => void>();
  rendermime.removeMimeType(MIME);
  rendermime.addFactory(
    factory(services, {
      rendermime,
      charts,
      session: panel.sessionContext,
      insertCells: markdownInserter(panel),
      kernel: { link: (id, events) => new KernelLink(panel.sessionContext, id, events) },
      drawMarkdown: markdownBy(rendermime),
      onSave: flush => {
        flushes.add(flush);
        return () => flushes.delete(flush);
      }
    }),
    RANK
  );
  panel.context.saveState.connect((_, state) => {
    if (state === 'started') {
      flushes.forEach(flush => flush());
      dropWidgetViews(panel);
    }
  });
}

export const outputs: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:outputs',
  description: 'Draws the views of jupyter_mlops in notebooks.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    tracker: INotebookTracker | null,
    translator: ITranslator | null
  ) => {
    const services: ILabServices = {
      ...servicesOf(app, translator),
      runHref: (store, runId) => pageHref({ store, place: places.run(runId) }),
      modelHref: (store, name, version) =>
        pageHref({ store, place: places.model(name, { versions: version }) })
    };
    const charts = chartsOf(rendermime, services.server);
    guardShortcuts();
    rendermime.addFactory(
      factory(services, {
        rendermime,
        charts,
        session: null,
        insertCells: null,
        kernel: null,
        drawMarkdown: markdownBy(rendermime),
        onSave: () => () => undefined
      }),
      RANK
    );
    tracker?.forEach(panel => bind(panel, services, charts));
    tracker?.widgetAdded.connect((_, panel) => bind(panel, services, charts));
  }
};
