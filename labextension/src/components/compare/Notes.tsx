import type { ReactElement } from 'react';
import { formatNumber, formatTime } from '../formats';
import { useTranslation } from '../translation';
import type { ICompareBundle } from '../types';
import { GroupRows } from './groupRows';
import type { ITable } from './useTable';

/** What the reader must know about the data: how old it is, and what is not there. */
export function Notes({ bundle, table }: { bundle: ICompareBundle; table: ITable }): ReactElement | null {
  const trans = useTranslation();
  const { source, problem, pending, facts, rows } = table;
  const notes: string[] = [];
  if (source === 'snapshot' && !pending) {
    const when =
      bundle.savedAt === null ? trans.__('As saved.') : trans.__('As saved %1.', formatTime(bundle.savedAt));
    notes.push(problem === null ? when : `${when} ${problem}`);
    const saved = bundle.snapshot.rows.length;
    if (saved < bundle.snapshot.total && saved > 0) {
      notes.push(
        trans.__('%1 of %2 runs are in the saved table.', saved, formatNumber(bundle.snapshot.total))
      );
    }
  } else if (problem !== null) {
    notes.push(problem);
  }
  const { runIds } = bundle.scope;
  const missing =
    source === 'snapshot' || runIds === null || table.asked.filter !== '' || pending
      ? 0
      : runIds.length - facts.total;
  if (missing > 0) {
    notes.push(trans._n('%1 run is no longer in the store.', '%1 runs are no longer in the store.', missing));
  }
  if (facts.read !== null) {
    notes.push(
      trans.__('This server lists its runs: the first %1 were looked at.', formatNumber(facts.read))
    );
  }
  if (rows instanceof GroupRows && rows.isReady && rows.total > 500) {
    notes.push(trans.__('The 500 largest of %1 groups.', formatNumber(rows.total)));
  }
  if (facts.total === 0 && missing === 0 && (pending || (problem === null && table.asked.filter === ''))) {
    notes.push(pending ? trans.__('Loading…') : trans.__('There are no runs to compare.'));
  }
  return notes.length === 0 ? null : (
    <p className="jp-mlops-note" role="status">
      {notes.join(' ')}
    </p>
  );
}
