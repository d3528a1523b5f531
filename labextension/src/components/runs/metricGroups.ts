import type { ILoggedMetric } from './types';

/** "layer 2" is before "layer 10". */
const order = new Intl.Collator(undefined, { numeric: true }).compare;

/** What is before the last slash, else what `train_loss` and `val_loss` begin with, where several begin so. */
export function metricGroups(metrics: ILoggedMetric[]): [string, ILoggedMetric[]][] {
  const begins = new Map<string, number>();
  for (const { key } of metrics) {
    const begin = wordOf(key);
    begins.set(begin, (begins.get(begin) ?? 0) + 1);
  }
  const groups = new Map<string, ILoggedMetric[]>();
  for (const metric of [...metrics].sort((a, b) => order(a.key, b.key))) {
    const { key } = metric;
    const slash = key.lastIndexOf('/');
    const word = wordOf(key);
    const name = slash > 0 ? key.slice(0, slash) : (begins.get(word) ?? 0) > 1 ? word : '';
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [metric]);
    } else {
      group.push(metric);
    }
  }
  return [...groups].sort(([a], [b]) => order(a, b));
}

function wordOf(key: string): string {
  return key.includes('/') ? '' : (/^([^_.\s-]+)[_.-]/.exec(key)?.[1] ?? '');
}
