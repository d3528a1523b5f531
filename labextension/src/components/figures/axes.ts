/** What plotly.js does not do by itself: whole numbers have no ticks between them, and a legend has an end. */
import type { Dict } from '../parse';
import type { ITrace } from '../types';

/** On a longer axis plotly.js puts no ticks between whole numbers. */
const FEW = 8;
/** More names than these are read by nobody, and take the room of what they name. */
const MOST_NAMED = 24;

/** An x axis such as `xaxis2` with a tick at each of a few whole numbers: there is no epoch 2.5. */
export function wholeTicks(name: string, axis: Dict, data: readonly ITrace[]): Dict {
  // Of what is measured a whole number says nothing about what can stand beside it.
  const mine = data.filter(({ xaxis }) => (xaxis ?? 'x') === name.replace('axis', ''));
  const values = mine.flatMap(({ x }): unknown[] => (Array.isArray(x) ? x : [null]));
  const isWhole = values.length > 0 && values.every(one => Number.isInteger(one));
  const isLinear = axis.type === undefined || axis.type === '-' || axis.type === 'linear';
  if (!isWhole || !isLinear || 'dtick' in axis || 'tickvals' in axis) {
    return axis;
  }
  const numbers = values as number[];
  const length = numbers.reduce((a, b) => Math.max(a, b)) - numbers.reduce((a, b) => Math.min(a, b));
  return length <= FEW ? { ...axis, dtick: 1, tick0: 0 } : axis;
}

/** The traces, of which the first ones alone are in the legend. */
export function fewNamed(data: readonly ITrace[]): ITrace[] {
  let named = 0;
  return data.map(trace => {
    const isNamed = trace.showlegend !== false && Boolean(trace.name);
    named += isNamed ? 1 : 0;
    return isNamed && named > MOST_NAMED ? { ...trace, showlegend: false } : trace;
  });
}
