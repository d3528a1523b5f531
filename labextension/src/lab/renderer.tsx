import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { Fragment, type ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { readCard } from '../components/card/bundles';
import type { ICardBundle } from '../components/card/types';
import { MarkdownCells } from '../components/markdownCells';
import { readEvaluationBundle } from '../components/evaluation/answers';
import { Guard } from '../components/Guard';
import { Notebooks } from '../components/notebooks';
import { RunLinks } from '../components/runLinks';
import { dict, text, type Dict } from '../components/parse';
import { readSweepBundle } from '../components/sweep/bundles';
import type { ISweepBundle } from '../components/sweep/types';
import { Translation } from '../components/translation';
import { readCommon } from '../components/views';
import { CardView } from './cardView';
import { EvaluationView } from './evaluationView';
import type { IShown } from '../linked/linkedViews';
import { MIME } from '../linked/mimes';
import { StateWriter } from './persistence';
import type { ILabPlace, ILabServices } from './places';
import { SweepView } from './sweepView';
import { VIEWS } from '../linked/views';

/** Draws our MIME type. The React root stays for the life of the output, so updates do not flicker. */
export class Renderer extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly services: ILabServices,
    private readonly place: ILabPlace
  ) {
    super();
    this.addClass('jp-mlops-view');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const bundle = dict(model.data[MIME]);
    const card = cardOf(bundle);
    if (card !== null) {
      this.drawCard(card);
      return;
    }
    const sweep = sweepOf(bundle);
    if (sweep !== null) {
      this.draw(
        <SweepView bundle={sweep} services={this.services} place={this.place} visible={this.isSeen} />
      );
      return;
    }
    const evaluation = bundle.view === 'evaluation' ? readEvaluationBundle(bundle) : null;
    if (evaluation !== null) {
      this.draw(<EvaluationView bundle={evaluation} services={this.services} place={this.place} />);
      return;
    }
    const read = VIEWS.get(text(bundle.view))?.(bundle) ?? null;
    if (read === null) {
      return this.renderLasting(model);
    }
    if (this.shown?.key === read.key) {
      // Our own write into the output comes back as a call: only the model may be a new one.
      this.writer?.follow(model);
      return;
    }
    this.shown?.dispose();
    this.writer = new StateWriter(model);
    this.shown = read.show(this.writer, this.services, this.place, () => this.isVisible);
    this.draw(<Fragment key={read.key}>{this.shown.view}</Fragment>);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.shown?.dispose();
    const { root } = this;
    // React refuses to unmount while it renders, and an output can be cleared by a click in it.
    window.setTimeout(() => root?.unmount(), 0);
    super.dispose();
  }

  private drawCard(bundle: ICardBundle): void {
    this.received += 1;
    this.draw(
      <CardView
        bundle={bundle}
        received={this.received}
        server={this.services.server}
        session={this.place.session}
        drawNote={this.place.drawMarkdown}
      />
    );
  }

  private readonly isSeen = (): boolean => this.isVisible;

  private draw(view: ReactElement): void {
    const first = this.root === null;
    this.renders += 1;
    this.root ??= createRoot(this.node);
    const root = this.root;
    const render = (): void =>
      root.render(
        <Translation.Provider value={this.services.trans}>
          <Notebooks.Provider value={this.services.openAsNotebook}>
            <MarkdownCells.Provider value={this.insertCells}>
              <RunLinks.Provider value={this.services.runHref ?? null}>
                <Guard where={`${this.renders}`}>{view}</Guard>
              </RunLinks.Provider>
            </MarkdownCells.Provider>
          </Notebooks.Provider>
        </Translation.Provider>
      );
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

  private readonly insertCells =
    this.place.insertCells && ((cells: string[]) => this.place.insertCells?.(this.node, cells));
  private shown: IShown | null = null;
  private writer: StateWriter | null = null;
  private root: Root | null = null;
  private received = 0;
  /** What the kernel sends next may be drawn again where the last one could not. */
  private renders = 0;
}

function sweepOf(bundle: Dict): ISweepBundle | null {
  const common = bundle.view === 'sweep' ? readCommon(bundle) : null;
  return common && readSweepBundle(common.id, bundle);
}

/** A card is drawn anew at every message: it has no state to keep. */
function cardOf(bundle: Dict): ICardBundle | null {
  const common = bundle.view === 'card' ? readCommon(bundle) : null;
  return common && readCard(common.id, bundle);
}
