/** Links to pages: addresses of this JupyterLab that say a page, and `mlops:` links in Markdown. */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { places } from '../../components/addresses';

const SCHEME = 'mlops:';
const PLACE = 'mlops';
const STORE = 'mlops-store';

export interface IPageLink {
  place: string;
  /** Key of the store; empty for the server's own. */
  store: string;
}

/** The address of a page, which also opens it in another tab of the browser. */
export function pageHref({ place, store }: IPageLink): string {
  const query = new URLSearchParams({ [PLACE]: place, ...(store === '' ? {} : { [STORE]: store }) });
  return `${URLExt.join(PageConfig.getBaseUrl(), 'lab')}?${query.toString()}`;
}

/** The page that an address of this JupyterLab says; null for any other. */
function readHref(href: string): IPageLink | null {
  if (href.startsWith(SCHEME)) {
    return readScheme(href.slice(SCHEME.length));
  }
  const base = new URL(URLExt.join(PageConfig.getBaseUrl(), 'lab'), location.href);
  const url = new URL(href, location.href);
  return url.origin === base.origin && url.pathname.startsWith(base.pathname) ? readQuery(url.search) : null;
}

export function readQuery(search: string): IPageLink | null {
  const query = new URLSearchParams(search);
  const place = query.get(PLACE);
  return place === null ? null : { place, store: query.get(STORE) ?? '' };
}

/** The rest of an address without what says a page. */
export function withoutPage(search: string): string {
  const query = new URLSearchParams(search);
  query.delete(PLACE);
  query.delete(STORE);
  return query.size > 0 ? `?${query.toString()}` : '';
}

/** "run/<id>", "model/<name>", "compare/<id>,<id>", "experiment/<id>" and "search/<words>". */
function readScheme(text: string): IPageLink | null {
  const [, kind = '', rest = '', query = ''] = /^(?:\/\/)?([a-z]+)\/([^?]+)(?:\?(.*))?$/s.exec(text) ?? [];
  let name: string;
  try {
    name = decodeURIComponent(rest);
  } catch {
    return null;
  }
  const place = {
    run: () => places.run(name),
    model: () => places.model(name, { tab: new URLSearchParams(query).get('tab') }),
    compare: () => places.compare(name.split(',')),
    experiment: () => places.runs(name),
    search: () => places.search(name)
  }[kind];
  return place === undefined
    ? null
    : { place: place(), store: new URLSearchParams(query).get('store') ?? '' };
}

interface IOpening extends IPageLink {
  /** The link that was clicked. */
  from: Element;
  /** A tab of its own is wished, beside the one that is there. */
  beside: boolean;
}

/** Hears every click on a link to a page, wherever it is in JupyterLab. */
export function hearLinks(open: (opening: IOpening) => void): void {
  const hear = (event: MouseEvent): void => {
    const target = event.target instanceof Element ? event.target.closest('a[href]') : null;
    const href = target?.getAttribute('href') ?? '';
    if (target === null || (event.button !== 0 && event.button !== 1) || event.altKey) {
      return;
    }
    const link = readHref(href);
    // With Shift a browser opens a window of its own, which a link of ours can have but a scheme can not.
    if (link === null || (event.shiftKey && !href.startsWith(SCHEME))) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    open({ ...link, from: target, beside: event.button === 1 || event.ctrlKey || event.metaKey });
  };
  // Before the views, which keep clicks in their rows for themselves.
  document.addEventListener('click', hear, true);
  document.addEventListener('auxclick', hear, true);
}
