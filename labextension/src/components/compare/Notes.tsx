import type { ReactElement } from 'react';
import { formatTime } from '../formats';
import { useTranslation } from '../translation';
import type { ICompareBundle, ICompareData } from '../types';
import type { Source } from '../views';

interface IProps {
  bundle: ICompareBundle;
  data: ICompareData;
  source: Source;
  problem: string | null;
  pending: boolean;
}

/** What the reader must know about the data: how old it is, and what is not there. */
export function Notes({ bundle, data, source, problem, pending }: IProps): ReactElement | null {
  const trans = useTranslation();
  const notes: string[] = [];
  if (source === 'snapshot' && !pending) {
    const when =
      bundle.savedAt === null ? trans.__('As saved.') : trans.__('As saved %1.', formatTime(bundle.savedAt));
    notes.push(problem === null ? when : `${when} ${problem}`);
    if (data.rows.length < (bundle.scope.runIds ?? []).length && data.rows.length > 0) {
      notes.push(
        trans.__(
          '%1 of %2 runs are in the saved table.',
          data.rows.length,
          (bundle.scope.runIds ?? []).length
        )
      );
    }
  }
  if (source !== 'snapshot' && problem !== null) {
    notes.push(problem);
  }
  if (data.missing > 0) {
    notes.push(
      trans._n('%1 run is no longer in the store.', '%1 runs are no longer in the store.', data.missing)
    );
  }
  if (data.rows.length === 0 && data.missing === 0 && (pending || problem === null)) {
    notes.push(pending ? trans.__('Loading…') : trans.__('There are no runs to compare.'));
  }
  return notes.length === 0 ? null : (
    <p className="jp-mlops-note" role="status">
      {notes.join(' ')}
    </p>
  );
}
