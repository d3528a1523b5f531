import { download } from '../download';
import type { IMenuItem } from '../Menu';
import { useTranslation } from '../translation';
import type { ICompareHost, ICompareState } from '../types';
import type { IActions } from '../useActions';
import { asCode, asCsv, asMarkdown, collect, MOST_COPIED } from './exports';
import { isShown, type ITableColumn } from './gridColumns';
import { SavedRows } from './savedRows';
import type { IRunRow } from './types';
import { fetchRows, type ITable } from './useTable';

/** The ways to take the table along: the selected runs, or all, with the columns that are shown. */
export function useCopies(
  host: ICompareHost,
  { facts, source, rows, asked }: ITable,
  columns: ITableColumn[],
  state: ICompareState,
  actions: IActions
): IMenuItem[] {
  const trans = useTranslation();
  const shown = columns.filter(one => isShown(one.facts, state.columns, state.differences_only));
  const { selection } = state;
  const total = selection.length > 0 ? selection.length : Math.min(facts.total, MOST_COPIED);
  const read = async (): Promise<IRunRow[]> => {
    if (rows instanceof SavedRows) {
      const all = Array.from({ length: rows.length }, (_, index) => rows.at(index)).filter(
        one => one !== undefined
      );
      return selection.length > 0 ? all.filter(({ runId }) => selection.includes(runId)) : all;
    }
    const wanted = selection.length > 0 ? { ...asked, filter: '', runIds: selection } : asked;
    return collect(fetchRows(host, source, wanted), total, shown);
  };
  const copy = (what: string, written: () => Promise<string> | string): void =>
    void actions.run(async () => host.copy(await written()), trans.__('Copied %1', what));
  const runs = trans._n('%1 run', '%1 runs', total);
  const items: IMenuItem[] = [
    {
      id: 'code',
      label: trans.__('Python code of a DataFrame'),
      testid: 'mlops-copy-code',
      choose: () =>
        copy(trans.__('the code'), () =>
          asCode(host.bundle.scope, state.filter, state.sort, selection, shown)
        )
    },
    {
      id: 'csv',
      label: trans.__('CSV of %1', runs),
      testid: 'mlops-copy-csv',
      choose: () => copy(runs, async () => asCsv(await read(), shown))
    },
    {
      id: 'markdown',
      label: trans.__('Markdown of %1', runs),
      testid: 'mlops-copy-markdown',
      choose: () => copy(runs, async () => asMarkdown(await read(), shown))
    },
    {
      id: 'save',
      label: trans.__('Save CSV of %1', runs),
      first: true,
      testid: 'mlops-save-csv',
      choose: () =>
        void actions.run(
          async () => download('runs.csv', asCsv(await read(), shown), 'text/csv'),
          trans.__('Saved %1', runs)
        )
    }
  ];
  return items;
}
