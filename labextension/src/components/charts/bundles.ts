/** From the JSON of a chart, and of the state that charts are shown in, to what the tabs draw. */
import { cell, dict, isDict, list, text, texts } from '../parse';
import type { IChartsState } from '../types';
import { readFigure } from '../views';
import type { IChart, IField, INumbers, Options } from './types';

export function readCharts(value: unknown): IChartsState {
  const charts = dict(value);
  const options = Object.entries(dict(charts.options)).filter(([, one]) => isDict(one));
  return {
    tab: text(charts.tab),
    options: Object.fromEntries(options.map(([tab, one]) => [tab, dict(one)]))
  };
}

export function readChart(value: unknown): IChart {
  const chart = dict(value);
  return {
    figure: readFigure(chart.figure),
    numbers: readNumbers(chart.numbers),
    fields: list(chart.fields, readField),
    chosen: dict(chart.chosen)
  };
}

export function readNumbers(value: unknown): INumbers {
  const numbers = dict(value);
  const row = (one: unknown) => (Array.isArray(one) ? one.map(read => cell(read, 'number')) : null);
  return { columns: texts(numbers.columns), rows: list(numbers.rows, row) };
}

function readField(value: unknown): IField | null {
  if (!isDict(value) || typeof value.id !== 'string') {
    return null;
  }
  const kind = value.kind === 'number' ? 'number' : 'text';
  return { id: value.id, label: text(value.label, value.id), group: text(value.group), kind };
}

/** What the reader chose, else what the answer says was drawn. */
export function chosen(options: Options, chart: IChart | null, name: string): string {
  return text(options[name] ?? chart?.chosen[name]);
}

/** The same of several: what is chosen is ticked before its answer is here. */
export function severalChosen(
  options: Options,
  chart: IChart | null,
  name: string,
  there: readonly string[]
): string[] {
  const asked = texts(options[name]).filter(one => there.includes(one));
  return asked.length > 0 ? asked : texts(chart?.chosen[name]);
}
