import type { IModelsPage, IVersionsPage } from './types';

/** A saved page with the items that hold the text somewhere; the store would have searched them all. */
export function matching<P extends IModelsPage | IVersionsPage>(page: P, search: string): P {
  const wanted = search.trim().toLocaleLowerCase();
  if (wanted === '') {
    return page;
  }
  const found = page.items.filter(item => JSON.stringify(item).toLocaleLowerCase().includes(wanted));
  return { ...page, items: found, total: found.length };
}
