/** Which runs the parts of a figure stand for: `meta.run_id` of a trace, or `meta.run_ids` of its points. */
import { dict, isDict, texts } from '../parse';
import type { IFigure, ITrace } from '../types';

export function traceRun(trace: ITrace): string | null {
  return isDict(trace.meta) && typeof trace.meta.run_id === 'string' ? trace.meta.run_id : null;
}

/** The runs of each point: one, or those of a bar. Null where the trace is of one run, or of none. */
export function pointRuns(trace: ITrace): string[][] | null {
  const ids = dict(trace.meta).run_ids;
  return Array.isArray(ids) ? ids.map(one => (typeof one === 'string' ? [one] : texts(one))) : null;
}

/** The colour that the figure gives to each run, so that the table is the legend. */
export function tracesByRun(figure: IFigure | undefined): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  for (const trace of figure?.data ?? []) {
    const run = traceRun(trace);
    const colour = [trace.line, trace.marker]
      .map(part => (isDict(part) ? part.color : undefined))
      .find(one => typeof one === 'string');
    if (run !== null && typeof colour === 'string') {
      colours.set(run, colour);
    }
  }
  return colours;
}
