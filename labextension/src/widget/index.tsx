/** The views as a widget, for pages that have no front end of ours and for containers of ipywidgets. */
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { NO_SERVER, RequestError, said } from '../components/errors';
import { Charts } from '../components/figures/charts';
import { HtmlNote } from '../components/HtmlNote';
import { dict, text } from '../components/parse';
import { ENGLISH, Translation } from '../components/translation';
import { guardShortcuts } from '../linked/shortcuts';
import type { IPlace, IServer, IServices } from '../linked/places';
import { VIEWS } from '../linked/views';
import { ModelKernel, type IModel } from './modelKernel';
import { keepFileClean, SavedState } from './savedFile';
import { addStyles } from './styles';
import { words } from '../components/translation';

const PATIENCE_MS = 60_000;

/** A widget has its kernel alone, which is asked when no server answers. */
const nobody = (): Promise<never> => Promise.reject(new RequestError(NO_SERVER, ''));
const SERVER: IServer = { get: nobody, post: nobody };
const SERVICES: IServices = { server: SERVER, changes: { watch: () => () => undefined }, trans: ENGLISH };

/** One for the page, so that plotly.js comes once: from the kernel of the view that asks first. */
const charts = new Charts(nobody);

function placeOf(kernel: ModelKernel): IPlace {
  const html = async (markdown: string): Promise<string> =>
    text(dict(await kernel.ask('note', { text: markdown })).html);
  return {
    charts,
    kernel,
    drawMarkdown: (markdown): ReactElement => <HtmlNote text={markdown} html={html} />,
    onSave: () => () => undefined
  };
}

interface IContext {
  model: IModel;
  el: HTMLElement;
}

async function render({ model, el }: IContext): Promise<() => void> {
  addStyles(el);
  keepFileClean(model.widget_manager);
  el.classList.add('jp-mlops-view');
  const kernel = new ModelKernel(model);
  const root = createRoot(el);
  const end = (): void => {
    root.unmount();
    kernel.dispose();
  };
  try {
    const bundle = dict(await kernel.ask('bundle', {}, PATIENCE_MS));
    const read = VIEWS.get(text(bundle.view))?.(bundle) ?? null;
    if (read === null) {
      throw new Error(words.__('This view is not known here: reload the page.'));
    }
    const state = new SavedState(text(bundle.id));
    const shown = read.show(state, SERVICES, placeOf(kernel), () => el.isConnected);
    root.render(<Translation.Provider value={ENGLISH}>{shown.view}</Translation.Provider>);
    return () => {
      shown.dispose();
      end();
    };
  } catch (error) {
    root.render(<p className="jp-mlops-error">{said(error)}</p>);
    return end;
  }
}

guardShortcuts();

export default { render };
