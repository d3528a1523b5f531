/** From what plotly.js says of the pointer to runs and ranges. */
import { dict, list, number, type Dict } from '../parse';
import type { IFigure, IFigureEvents, ITrace } from '../types';
import type { IPlotEvent, IPlotlyNode } from './plotly';
import { pointRuns, traceRun } from './traces';

/** Tells the host of what happens in a figure; `figure` is the one that is drawn at that time. */
export function listen(node: IPlotlyNode, figure: () => IFigure, events: IFigureEvents): void {
  node.on('plotly_hover', event => events.onHover(runsOf(event)[0] ?? null));
  node.on('plotly_unhover', () => events.onHover(null));
  node.on('plotly_click', event => {
    const runs = runsOf(event);
    if (runs.length > 1) {
      events.onSelection?.(runs);
    } else if (runs[0] !== undefined) {
      events.onPick(runs[0]);
    }
  });
  // Without points it is the end of a click: what was selected stays.
  node.on('plotly_selected', event => {
    if (event?.points !== undefined && event.points.length > 0) {
      events.onSelection?.(runsOf(event));
    }
  });
  node.on('plotly_deselect', () => events.onSelection?.([]));
  node.on('plotly_restyle', event => {
    const brushed = Object.keys(dict(Array.isArray(event) ? event[0] : null)).some(key =>
      key.includes('constraintrange')
    );
    const traces = (node as unknown as { data?: ITrace[] }).data;
    if (brushed && traces?.[0]) {
      events.onSelection?.(brushedRuns(traces[0]));
    }
  });
  node.on('plotly_relayout', event => {
    const range = rangeOf(dict(event), figure());
    if (range !== undefined) {
      events.onRange?.(range);
    }
  });
}

function runsOf(event: IPlotEvent | undefined): string[] {
  const found = (event?.points ?? []).flatMap(({ data, pointIndex, pointNumber }) => {
    const trace = { ...dict(data) };
    const run = traceRun(trace);
    return run === null ? (pointRuns(trace)?.[pointIndex ?? pointNumber ?? -1] ?? []) : [run];
  });
  return [...new Set(found)];
}

/** The runs whose lines go through all that is brushed; none when nothing is. */
function brushedRuns(trace: ITrace): string[] {
  const axes = list(trace.dimensions, one => dict(one)).map(axis => ({
    values: Array.from((axis.values ?? []) as ArrayLike<number>),
    ranges: rangesOf(axis.constraintrange)
  }));
  const brushed = axes.filter(({ ranges }) => ranges.length > 0);
  const runs = pointRuns(trace) ?? [];
  return brushed.length === 0
    ? []
    : runs.flatMap((ids, at) =>
        brushed.every(({ values, ranges }) =>
          ranges.some(([low, high]) => values[at]! >= low && values[at]! <= high)
        )
          ? ids
          : []
      );
}

/** One range, or several of one axis. */
function rangesOf(value: unknown): [number, number][] {
  const ends = Array.isArray(value) ? value : [];
  const pairs: unknown[] = Array.isArray(ends[0]) ? ends : ends.length > 0 ? [ends] : [];
  return list(pairs, pair => {
    const [low, high] = list(pair, number);
    return low === undefined || high === undefined ? null : [low, high];
  });
}

/** What of the x axis is shown after a change of the layout; undefined where that is as before. */
function rangeOf(event: Dict, { layout }: IFigure): [number, number] | null | undefined {
  if (Object.keys(event).some(key => /^xaxis\d*\.autorange$/.test(key))) {
    return null;
  }
  const key = Object.keys(event).find(one => /^xaxis\d*\.range(\[0\])?$/.test(one));
  if (key === undefined) {
    return undefined;
  }
  const axis = key.slice(0, key.indexOf('.'));
  const pair = event[`${axis}.range`];
  const ends = Array.isArray(pair) ? pair : [event[`${axis}.range[0]`], event[`${axis}.range[1]`]];
  const [low, high] = ends.map(end => placeOf(end, dict(layout.xaxis).type));
  return low === undefined || high === undefined || Number.isNaN(low + high) ? undefined : [low, high];
}

/** plotly.js tells times as text, in the zone in which it was given them, and logarithms of logarithmic axes. */
function placeOf(end: unknown, type: unknown): number {
  if (typeof end === 'string' && type === 'date') {
    return Date.parse(`${end.replace(' ', 'T')}${end.includes(' ') ? 'Z' : ''}`);
  }
  const place = number(end) ?? NaN;
  return type === 'log' ? 10 ** place : place;
}
