/** From what the store answers to what the table shows. */
import { dict, isDict, list, number, textOrNull } from '../parse';
import type { ICompareData } from '../types';
import { direction, readColumn } from './bundles';
import type { IColumnFacts, IFacts, IGroupCell, IGroups, ISummary } from './types';

function facts(value: unknown): IColumnFacts | null {
  const known = readColumn(value);
  if (known === null) {
    return null;
  }
  const more = dict(value);
  return {
    ...known,
    count: number(more.count) ?? 0,
    min: number(more.min),
    max: number(more.max),
    mean: number(more.mean),
    length: number(more.length),
    better: direction(more.better) ?? 'neither'
  };
}

export function readFacts(value: unknown): IFacts {
  const answer = dict(value);
  return {
    total: number(answer.total) ?? 0,
    active: number(answer.active) ?? 0,
    read: number(answer.read),
    columns: list(answer.columns, facts)
  };
}

/** What a saved table tells of its columns. */
export function factsOf({ columns, rows, total }: ICompareData): IFacts {
  const found = columns.map((column, place): IColumnFacts => {
    const values = rows.map(row => row.values[place] ?? null);
    const numbers = values.filter((one): one is number => typeof one === 'number' && Number.isFinite(one));
    const lengths = values.map(one => (typeof one === 'string' ? one.length : 0));
    return {
      ...column,
      count: values.filter(one => one !== null).length,
      min: numbers.length > 0 ? Math.min(...numbers) : null,
      max: numbers.length > 0 ? Math.max(...numbers) : null,
      mean: numbers.length > 0 ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : null,
      length: Math.max(0, ...lengths),
      better: 'neither'
    };
  });
  return { total: Math.max(total, rows.length), active: 0, read: null, columns: [...found, ...OWN] };
}

const OWN: IColumnFacts[] = ['start_time', 'duration'].map(label => ({
  id: `attributes.${label}`,
  group: 'attributes',
  label,
  kind: 'number',
  differs: true,
  count: 1,
  min: null,
  max: null,
  mean: null,
  length: null,
  better: 'neither'
}));

function groupCell(value: unknown): IGroupCell {
  const cell = dict(value);
  return {
    count: number(cell.count) ?? 0,
    mean: number(cell.mean),
    sd: number(cell.sd),
    min: number(cell.min),
    max: number(cell.max),
    text: typeof cell.text === 'string' ? cell.text : null
  };
}

export function readGroups(value: unknown): IGroups {
  const answer = dict(value);
  return {
    total: number(answer.total) ?? 0,
    groups: list(answer.groups, one =>
      isDict(one)
        ? {
            value: typeof one.value === 'string' ? one.value : null,
            count: number(one.count) ?? 0,
            cells: Object.fromEntries(
              Object.entries(dict(one.cells)).map(([id, cell]) => [id, groupCell(cell)])
            )
          }
        : null
    )
  };
}

export function readSummary(value: unknown): ISummary {
  const answer = dict(value);
  return {
    count: number(answer.count) ?? 0,
    missing: number(answer.missing) ?? 0,
    distinct: number(answer.distinct) ?? 0,
    min: number(answer.min),
    max: number(answer.max),
    mean: number(answer.mean),
    sd: number(answer.sd),
    bins: list(answer.bins, number),
    values: list(answer.values, one =>
      Array.isArray(one) ? ([textOrNull(one[0]) ?? '', number(one[1]) ?? 0] as [string, number]) : null
    )
  };
}
