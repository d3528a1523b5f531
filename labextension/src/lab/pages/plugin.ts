import {
  ILabShell,
  ILayoutRestorer,
  IRouter,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, ISanitizer, WidgetTracker } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { text, textOrNull } from '../../components/parse';
import { preferences } from '../../components/preferences';
import type { ITranslate } from '../../components/translation';
import { places, readPlace } from '../../components/addresses';
import { OPEN_PAGE } from '../commands';
import { mlopsIcon } from '../icons';
import { markdownBy } from '../markdown';
import { chartsOf } from '../plotly';
import { runWriter } from '../projects/runLines';
import { servicesOf } from '../services';
import { readStores } from '../storeHost';
import { addFileMenu } from './fileMenus';
import { hearLinks, pageHref, readQuery, withoutPage, type IPageLink } from './links';
import { PageWidget } from './PageWidget';
import { allowLinks } from './schemes';
import type { IPageServices } from './services';

const SEARCH = 'jupyter-mlops:search';
const OPEN_RUNS = 'jupyter-mlops:open-runs';
const OPEN_MODELS = 'jupyter-mlops:open-models';
const ROUTE = 'jupyter-mlops:route';

/** Before JupyterLab's own routes, which would take the address away. */
const RANK = 1;

const SUBJECTS = ['experiment', 'runs'];

/** Places of one subject are one tab, whichever of its own tabs is open. */
function subject(place: string): string {
  const { path, query } = readPlace(place);
  const of = path[1] ?? query.get('experiment') ?? query.get('runs') ?? query.get('path') ?? '';
  return [path[0], path[0] === 'search' ? '' : of].join(' ');
}

/** Whether a place says how its subject is shown. */
function saysMore(place: string): boolean {
  const { path, query } = readPlace(place);
  return path[0] === 'search' || [...query.keys()].some(name => !SUBJECTS.includes(name));
}

export const pages: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:pages',
  description: 'Shows runs, experiments, models and comparisons in the main area.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [
    ILabShell,
    ILayoutRestorer,
    IRouter,
    ICommandPalette,
    ILauncher,
    ISanitizer,
    ISettingRegistry,
    ITranslator,
    IFileBrowserFactory,
    INotebookTracker
  ],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    router: IRouter | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    sanitizer: IRenderMime.ISanitizer | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    browsers: IFileBrowserFactory | null,
    notebooks: INotebookTracker | null
  ) => {
    const shared = servicesOf(app, translator);
    const { trans } = shared;
    const services: IPageServices = {
      ...shared,
      charts: chartsOf(rendermime, shared.server),
      writeRun: notebooks === null ? null : runWriter(app, notebooks),
      drawMarkdown: markdownBy(rendermime)
    };
    const tracker = new WidgetTracker<PageWidget>({ namespace: 'jupyter-mlops-pages' });
    const opener = new Opener(app, services, tracker, labShell !== null);
    addCommands(app, opener, trans);
    if (labShell !== null) {
      void restorer?.restore(tracker, {
        command: OPEN_PAGE,
        args: ({ id, store, history }) => ({ id, store, place: history.get().place }),
        name: ({ id }) => id
      });
    }
    const category = trans.__('MLOps');
    for (const command of [SEARCH, OPEN_RUNS, OPEN_MODELS]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({ command: OPEN_RUNS, category: trans.__('Other'), rank: 10 });
    if (browsers !== null) {
      addFileMenu(app, browsers, services.server, trans, page => opener.open(page));
    }
    if (sanitizer !== null) {
      void allowLinks(sanitizer, registry);
    }
    hearLinks(({ from, beside, ...link }) => {
      const here = tracker.find(page => page.node.contains(from));
      opener.follow(link, here ?? null, beside);
    });
    if (router !== null && labShell !== null) {
      addRoute(app, router, opener);
    }
  }
};

/** Opens pages, each subject once. */
class Opener {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly services: IPageServices,
    private readonly tracker: WidgetTracker<PageWidget>,
    /** Notebook 7 has room for one document: pages are in JupyterLab then. */
    private readonly hasTabs: boolean
  ) {}

  async open(args: ReadonlyPartialJSONObject): Promise<PageWidget | null> {
    const place = text(args.place, places.runs());
    const store = text(args.store) || (await this.store());
    if (!this.hasTabs) {
      window.open(pageHref({ place, store }), '_blank', 'noopener');
      return null;
    }
    const id = textOrNull(args.id);
    return (
      (id === null ? this.opened(store, place) : null) ?? this.add(store, place, id, args.beside === true)
    );
  }

  /** Key of the store that is meant where none is said: that of the settings, else the server's. */
  private async store(): Promise<string> {
    try {
      const { stores, default: own } = await readStores(this.services.server);
      return (
        stores.find(({ key, location }) => [key, location].includes(preferences.current.store))?.key ?? own
      );
    } catch {
      // The page says what is wrong.
      return '';
    }
  }

  /** A link in a page goes on in its tab, unless there is a tab of what it leads to. */
  follow({ place, store: said }: IPageLink, here: PageWidget | null, beside: boolean): void {
    const store = said || (here?.store ?? '');
    const isOpen = this.hasTabs && this.opened(store, place, !beside) !== null;
    if (isOpen) {
      return;
    }
    if (here !== null && !beside && here.store === store) {
      here.history.go(place);
    } else {
      void this.app.commands.execute(OPEN_PAGE, { place, store, beside });
    }
  }

  private opened(store: string, place: string, activate = true): PageWidget | null {
    const found = this.tracker.find(
      page => page.store === store && subject(page.history.get().place) === subject(place)
    );
    if (found === undefined) {
      return null;
    }
    // A link to the subject as such leaves the tab as it is.
    if (saysMore(place)) {
      found.history.go(place);
    }
    if (activate) {
      this.app.shell.activateById(found.id);
    }
    return found;
  }

  private add(store: string, place: string, id: string | null, beside: boolean): PageWidget {
    const page = new PageWidget(this.services, store, place, id);
    void this.tracker.add(page);
    page.disposed.connect(page.history.subscribe(() => void this.tracker.save(page)));
    const ref = this.app.shell.currentWidget?.id ?? null;
    this.app.shell.add(page, 'main', {
      mode: 'tab-after',
      ...(beside && ref !== null ? { ref } : {}),
      activate: !beside && id === null
    });
    return page;
  }
}

function addCommands({ commands }: JupyterFrontEnd, opener: Opener, trans: ITranslate): void {
  commands.addCommand(OPEN_PAGE, {
    label: trans.__('Open a Page of Runs or Models'),
    caption: trans.__('Open a run, an experiment, a model or a comparison'),
    icon: mlopsIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          store: { type: 'string', description: 'Key of the store; that of the server by default' },
          place: {
            type: 'string',
            description: 'Like "runs/<id>?tab=charts", "models/<name>", "compare?runs=a,b"'
          }
        }
      }
    },
    execute: args => opener.open(args)
  });
  const shortcut = (id: string, label: string, caption: string, place: string): void => {
    commands.addCommand(id, {
      label,
      caption,
      icon: mlopsIcon,
      execute: args => opener.open({ ...args, place })
    });
  };
  shortcut(
    SEARCH,
    trans.__('Search Runs and Models'),
    trans.__('Experiments, runs and models by one box'),
    places.search()
  );
  shortcut(OPEN_RUNS, trans.__('Runs'), trans.__('All runs of the store'), places.runs());
  shortcut(OPEN_MODELS, trans.__('Registered Models'), trans.__('All models of the store'), places.models());
}

/** An address that says a page opens it, and forgets it: a reload restores tabs as they then are. */
function addRoute({ commands, restored }: JupyterFrontEnd, router: IRouter, opener: Opener): void {
  commands.addCommand(ROUTE, {
    execute: args => {
      const location = args as unknown as IRouter.ILocation;
      const link = readQuery(location.search ?? '');
      if (link === null) {
        return;
      }
      const { path, search = '', hash = '' } = location;
      router.navigate(`${path}${withoutPage(search)}${hash}`, { skipRouting: true });
      // The rest of the routes, for which the restoring waits, goes on meanwhile.
      void restored.then(() => opener.open({ ...link }));
    }
  });
  router.register({ command: ROUTE, pattern: /[?&]mlops=/, rank: RANK });
}
