import { isDict } from '../parse';
import type { IFigure, ITrace } from '../types';

export function traceRun(trace: ITrace): string | null {
  return isDict(trace.meta) && typeof trace.meta.run_id === 'string' ? trace.meta.run_id : null;
}

/** The figure without the traces of other runs; what belongs to no run stays. */
export function onlyRuns(figure: IFigure, runs: ReadonlySet<string>): IFigure {
  const data = figure.data.filter(trace => {
    const run = traceRun(trace);
    return run === null || runs.has(run);
  });
  return data.length === figure.data.length ? figure : { ...figure, data };
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
