import { cell, dict, text } from '../parse';
import type { Cell } from '../types';
import type { IChart, INumbers } from './types';

/** The numbers that the store sent with a chart, else the points of its lines. */
export function numbersOf({ numbers, figure }: IChart): INumbers {
  if (numbers.columns.length > 0) {
    return numbers;
  }
  const across = text(dict(dict(figure.layout.xaxis).title).text, 'x') || 'x';
  const rows = figure.data.flatMap(({ name, x, y, meta }): Cell[][] => {
    const { metric, raw, run_id } = dict(meta);
    const ys: unknown[] = Array.isArray(y) ? y : [];
    const xs: unknown[] = Array.isArray(x) ? x : [];
    return raw === true || run_id === undefined
      ? []
      : xs.map((one, at) => [text(name), text(metric), cell(one, 'number'), cell(ys[at], 'number')]);
  });
  return { columns: ['run', 'metric', across, 'value'], rows };
}
