import type { ISessionContext } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { readBundle } from '../components/bundles';
import { Compare } from '../components/compare/Compare';
import { Translation, type ITranslate } from '../components/translation';
import type { ICompareBundle } from '../components/types';
import { CardView } from './cardView';
import type { Changes } from './changes';
import type { Charts } from './charts';
import { CompareHost } from './compareHost';
import { Markdown } from './markdown';
import { MIME, StateWriter } from './persistence';
import type { Server } from './request';
import { acquireStore } from './viewStore';

export interface IServices {
  server: Server;
  changes: Changes;
  trans: ITranslate;
}

/** Where an output stands: a notebook has a kernel and a file, other places have neither. */
export interface IPlace {
  charts: Charts;
  rendermime: IRenderMimeRegistry;
  session: ISessionContext | null;
  /** Called before the file is written; the answer of it ends that. */
  onSave(flush: () => void): () => void;
}

/** Draws our MIME type. The React root stays for the life of the output, so updates do not flicker. */
export class Renderer extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly services: IServices,
    private readonly place: IPlace
  ) {
    super();
    this.addClass('jp-mlops-view');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const bundle = readBundle(model.data[MIME]);
    if (bundle === null) {
      return this.renderLasting(model);
    }
    if (bundle.view === 'card') {
      this.received += 1;
      const isBusy = (): boolean => this.place.session?.session?.kernel?.status === 'busy';
      const { server } = this.services;
      this.draw(
        <CardView
          bundle={bundle}
          received={this.received}
          server={server}
          isBusy={isBusy}
          drawNote={text => <Markdown text={text} rendermime={this.place.rendermime} />}
        />
      );
      return;
    }
    if (this.comparison?.key === keyOf(bundle)) {
      // Our own write into the output comes back as a call: only the model may be a new one.
      this.comparison.writer.follow(model);
      return;
    }
    this.comparison?.dispose();
    this.comparison = this.compare(bundle, model);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.comparison?.dispose();
    const { root } = this;
    // React refuses to unmount while it renders, and an output can be cleared by a click in it.
    window.setTimeout(() => root?.unmount(), 0);
    super.dispose();
  }

  private compare(bundle: ICompareBundle, model: IRenderMime.IMimeModel): IComparison {
    const { store, release } = acquireStore(bundle);
    const { session, charts, onSave } = this.place;
    const host = new CompareHost(bundle, { ...this.services, charts, store, visible: () => this.isVisible });
    const writer = new StateWriter(model);
    let { state } = store.get();
    const unsubscribe = store.subscribe(() => {
      const now = store.get().state;
      if (now !== state) {
        state = now;
        writer.write(now);
      }
    });
    const ends = [unsubscribe, onSave(() => writer.flush()), release];
    if (session !== null) {
      ends.unshift(store.connect(session));
    }
    this.draw(<Compare key={keyOf(bundle)} host={host} />);
    return {
      key: keyOf(bundle),
      writer,
      dispose: () => {
        host.dispose();
        writer.dispose();
        ends.forEach(end => end());
      }
    };
  }

  private draw(view: ReactElement): void {
    const first = this.root === null;
    this.root ??= createRoot(this.node);
    const root = this.root;
    const render = (): void =>
      root.render(<Translation.Provider value={this.services.trans}>{view}</Translation.Provider>);
    // The first paint has its height at once: the notebook does not jump.
    first ? flushSync(render) : render();
  }

  /** A bundle of a newer version, or of a view that is not known here: its HTML can still be read. */
  private async renderLasting(model: IRenderMime.IMimeModel): Promise<void> {
    const { trans } = this.services;
    const note = document.createElement('p');
    note.className = 'jp-mlops-note';
    note.textContent = trans.__(
      'This output was made by a newer jupyter_mlops than the one that JupyterLab runs. Update jupyter_mlops to see it live.'
    );
    this.node.replaceChildren(note);
    if ('text/html' in model.data) {
      const html = this.place.rendermime.createRenderer('text/html');
      await html.renderModel(model);
      note.after(html.node);
      this.disposed.connect(() => html.dispose());
    }
  }

  private comparison: IComparison | null = null;
  private root: Root | null = null;
  private received = 0;
}

function keyOf(bundle: ICompareBundle): string {
  return [bundle.id, bundle.store, ...bundle.runs].join(' ');
}

interface IComparison {
  key: string;
  writer: StateWriter;
  dispose(): void;
}
