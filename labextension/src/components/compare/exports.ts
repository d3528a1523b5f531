/** The table as text: CSV, Markdown, or the Python code that reads the same. */
import { asCsv as csvOf } from '../charts/csv';
import { runFilter } from '../runFilter';
import type { IScope, ISort } from '../types';
import type { FetchRows } from './blocks';
import { fieldOf } from '../filter/completion';
import { valueOf, type ITableColumn } from './gridColumns';
import { Blocks } from './blocks';
import type { IRunRow } from './types';

/** More rows than this are no table to copy. */
export const MOST_COPIED = 10_000;
const STEP = 100;

/** All rows with all of the columns, read a block at a time. */
export async function collect(fetch: FetchRows, total: number, columns: ITableColumn[]): Promise<IRunRow[]> {
  const ids = columns.map(({ id }) => id);
  const blocks = new Blocks(fetch, Math.min(total, MOST_COPIED));
  const found: IRunRow[] = [];
  for (let from = 0; from < blocks.length; from += STEP) {
    await here(blocks, from, ids);
    for (let index = from; index < Math.min(blocks.length, from + STEP); index += 1) {
      const row = blocks.at(index);
      if (row !== undefined) {
        found.push(row);
      }
    }
  }
  return found;
}

function here(blocks: Blocks, from: number, ids: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const row = blocks.at(from);
      if (blocks.problem !== null) {
        end();
        reject(new Error(blocks.problem));
      } else if (row !== undefined && ids.every(id => row.cell(id) !== undefined)) {
        end();
        resolve();
      }
    };
    const end = blocks.subscribe(look);
    blocks.want(from, from + 1, ids);
    look();
  });
}

export function asCsv(rows: IRunRow[], columns: ITableColumn[]): string {
  return csvOf({
    columns: ['run_id', 'run_name', ...columns.map(({ id }) => id)],
    rows: rows.map(row => [row.runId, row.name, ...columns.map(({ id }) => row.cell(id) ?? null)])
  });
}

export function asMarkdown(rows: IRunRow[], columns: ITableColumn[]): string {
  const escaped = (text: string): string => text.replace(/([\\|`*_<>[\]])/g, '\\$1').replace(/\s+/g, ' ');
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const written = rows.map(row => [
    row.name,
    ...columns.map(column => column.format(valueOf(column, row.cell(column.id)) ?? null))
  ]);
  return [
    line(['run', ...columns.map(({ label }) => escaped(label))]),
    line(['---', ...columns.map(({ numeric }) => (numeric ? '---:' : '---'))]),
    ...written.map(cells => line(cells.map(escaped)))
  ].join('\n');
}

/** A line of Python whose DataFrame is the table. */
export function asCode(
  scope: IScope,
  filter: string,
  sort: ISort[],
  chosen: string[],
  columns: ITableColumn[]
): string {
  const filters = [scope.filter, runFilter(filter)].filter(one => one !== '');
  const listed = chosen.length > 0 ? chosen : scope.runIds;
  if (listed !== null) {
    filters.push(`attributes.run_id IN (${listed.map(id => `'${id}'`).join(', ')})`);
  }
  const where = filters.length > 1 ? filters.map(one => `(${one})`).join(' AND ') : (filters[0] ?? '');
  const order = sort.filter(({ id }) => id !== 'attributes.duration').map(ordered);
  const given = [
    scope.experimentIds === null
      ? 'search_all_experiments=True'
      : `experiment_ids=[${scope.experimentIds.map(python).join(', ')}]`,
    ...(where === '' ? [] : [`filter_string=${python(where)}`]),
    ...(order.length === 0 ? [] : [`order_by=[${order.map(python).join(', ')}]`])
  ];
  const known = columns.filter(({ facts }) => facts.group !== 'attributes').map(({ id }) => id);
  const names = ['run_id', 'tags.mlflow.runName', ...known];
  return [
    'import jupyter_mlops as mlflow',
    '',
    `df = mlflow.search_runs(\n    ${given.join(',\n    ')},\n)`,
    `df = df.reindex(columns=[${names.map(python).join(', ')}])`
  ].join('\n');
}

function ordered({ id, desc }: ISort): string {
  const [group = '', label = ''] = id.split(/\.(.*)/s);
  return `${fieldOf({ group, label })} ${desc ? 'DESC' : 'ASC'}`;
}

function python(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u{10ffff}]/gu,
    one => `\\U${one.codePointAt(0)!.toString(16).padStart(8, '0')}`
  );
}
