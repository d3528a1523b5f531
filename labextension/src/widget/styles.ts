/** The looks of the views, where the page has none of them. */
import { startTheme } from './themes';

declare const VIEWS_STYLE: string;
declare const THEME_STYLE: string;

/** Into the document, or into the shadow of a host that keeps widgets apart. */
export function addStyles(place: HTMLElement): void {
  const root = place.getRootNode();
  add(root instanceof ShadowRoot ? root : document.head, 'views', VIEWS_STYLE);
  if (root instanceof ShadowRoot) {
    add(document.head, 'views', VIEWS_STYLE); // menus stand in the body
  }
  if (getComputedStyle(document.body).getPropertyValue('--jp-layout-color0').trim() === '') {
    add(document.head, 'theme', THEME_STYLE);
    startTheme(place);
  }
}

function add(root: ParentNode & Node, name: string, css: string): void {
  const id = `jupyter-mlops-${name}`;
  if (root.querySelector(`#${id}`) === null) {
    const style = document.createElement('style');
    style.id = id;
    style.textContent = css;
    root.appendChild(style);
  }
}
