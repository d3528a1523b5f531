import { MainAreaWidget, Toolbar, ToolbarButton } from '@jupyterlab/apputils';
import { caretLeftIcon, caretRightIcon, refreshIcon } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { createRoot, type Root } from 'react-dom/client';
import { Message as Notice } from '../../components/Message';
import { said } from '../../components/errors';
import { Translation } from '../../components/translation';
import { mlopsIcon } from '../icons';
import { History } from './history';
import type { IPageServices } from './services';

/** Draws a page when it is first seen; what it is drawn with is loaded then. */
class PageContent extends Widget {
  constructor(
    private readonly services: IPageServices,
    readonly store: string,
    readonly history: History
  ) {
    super();
    this.addClass('jp-mlops-page-content');
    this.node.tabIndex = -1;
  }

  readonly watch = (moved: () => void): (() => void) =>
    this.services.changes.watch(this.store, () => this.isVisible, moved);

  named = (name: string): void => {
    const { title } = this.parent ?? this;
    title.label = name;
    title.caption = `${name}\n${this.history.get().place}`;
  };

  /** Reads everything again; asks for what draws it too, if that did not come. */
  reload = (): void => {
    this.reloads += 1;
    void this.draw();
  };

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.seen();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.seen();
    }
  }

  protected override onResize(message: Widget.ResizeMessage): void {
    super.onResize(message);
    const height = message.height > 0 ? message.height : this.node.offsetHeight;
    if (height > 0) {
      this.node.style.setProperty('--jp-mlops-page-height', `${height}px`);
    }
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (!this.node.contains(document.activeElement)) {
      this.node.focus({ preventScroll: true });
    }
  }

  override dispose(): void {
    const { root } = this;
    // React refuses to unmount while it renders, and a page can be closed by a click in it.
    window.setTimeout(() => root?.unmount(), 0);
    super.dispose();
  }

  private seen(): void {
    if (this.root === null) {
      void this.draw();
    }
    this.services.changes.poke();
  }

  private async draw(): Promise<void> {
    this.root ??= createRoot(this.node);
    const { root, services } = this;
    try {
      const { PageView } = await import('./PageView');
      if (!this.isDisposed) {
        root.render(<PageView page={this} services={services} reloads={this.reloads} />);
      }
    } catch (error) {
      root.render(
        <Translation.Provider value={services.trans}>
          <Notice
            title={services.trans.__('The page could not be loaded')}
            text={said(error)}
            onRetry={this.reload}
          />
        </Translation.Provider>
      );
    }
  }

  private root: Root | null = null;
  private reloads = 0;
}

/** What a page tells and asks of the tab that it is in. */
export type IPageTab = Pick<PageContent, 'store' | 'history' | 'watch' | 'named' | 'reload'>;

/** A tab of the main area that shows places of one store. */
export class PageWidget extends MainAreaWidget<PageContent> {
  constructor(services: IPageServices, store: string, place: string, id: string | null) {
    const history = new History(place);
    super({ content: new PageContent(services, store, history), toolbar: new Toolbar() });
    this.id = id ?? `jupyter-mlops-page-${UUID.uuid4()}`;
    this.addClass('jp-mlops-page-tab');
    this.title.icon = mlopsIcon;
    this.title.closable = true;
    this.content.named(services.trans.__('MLOps'));
    this.tools(services);
  }

  get store(): string {
    return this.content.store;
  }

  get history(): History {
    return this.content.history;
  }

  private tools({ trans }: IPageServices): void {
    const { history } = this;
    const back = new ToolbarButton({
      icon: caretLeftIcon,
      tooltip: trans.__('Back'),
      onClick: () => history.step(-1)
    });
    const forward = new ToolbarButton({
      icon: caretRightIcon,
      tooltip: trans.__('Forward'),
      onClick: () => history.step(1)
    });
    const reload = new ToolbarButton({
      icon: refreshIcon,
      tooltip: trans.__('Read it again'),
      onClick: () => this.content.reload()
    });
    const follow = (): void => {
      const { canBack, canForward } = history.get();
      back.enabled = canBack;
      forward.enabled = canForward;
    };
    this.toolbar.addItem('back', back);
    this.toolbar.addItem('forward', forward);
    this.toolbar.addItem('reload', reload);
    follow();
    this.disposed.connect(history.subscribe(follow));
  }
}
