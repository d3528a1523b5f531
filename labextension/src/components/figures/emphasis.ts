/** How the runs that are selected, or that the pointer is on, stand out of a figure. */
import { dict, list, number, type Dict } from '../parse';
import type { IEmphasis, IFigure, ITrace } from '../types';
import { pointRuns, traceRun } from './traces';

const FAINT = 0.16;
/** As wide as a selected line is at least: where there are many they are thin. */
const CHOSEN = 2;
/** Of the scale of colours, for what does not stand out. */
const GREY_SHARE = 0.08;

interface IRestyle {
  traces: number[];
  change: Dict;
}

/**
 * What to change of which traces; traces that are of no run are left alone. `grey` is solid: plotly.js draws lines over
 * several axes as if no colour could be seen through.
 */
export function restyles({ data }: IFigure, emphasis: IEmphasis, grey: string): IRestyle[] {
  const lines = data.flatMap((trace, index) => (traceRun(trace) === null ? [] : [index]));
  const points = data.flatMap((trace, index) => (pointRuns(trace) === null ? [] : [index]));
  const found = points.map(index => ({ traces: [index], change: ofPoints(data[index]!, emphasis, grey) }));
  return lines.length === 0 ? found : [{ traces: lines, change: ofLines(data, lines, emphasis) }, ...found];
}

function ofLines(data: ITrace[], lines: number[], { selected, hovered }: IEmphasis): Dict {
  const some = selected.size > 0 || hovered !== null;
  const traces = lines.map(index => data[index]!);
  const runs = traces.map(trace => traceRun(trace) ?? '');
  const widths = traces.map(trace => number(dict(trace.line).width) ?? 2);
  return {
    opacity: traces.map(({ opacity }, at) => {
      const run = runs[at]!;
      return (number(opacity) ?? 1) * (!some || run === hovered || selected.has(run) ? 1 : FAINT);
    }),
    'line.width': widths.map((width, at) => {
      const isThin = selected.has(runs[at]!) && dict(traces[at]!.meta).raw !== true;
      return runs[at] === hovered ? width + 1 : isThin ? Math.max(width, CHOSEN) : width;
    })
  };
}

function ofPoints(trace: ITrace, { selected, hovered }: IEmphasis, grey: string): Dict {
  const strong = pointRuns(trace)!.map(runs => runs.some(run => run === hovered || selected.has(run)));
  const some = selected.size > 0 || hovered !== null;
  if (trace.type === 'parcoords') {
    return ofAxes(dict(trace.line), some ? strong : null, grey);
  }
  const chosen = strong.flatMap((one, at) => (one ? [at] : []));
  return { selectedpoints: some ? [chosen] : null };
}

/** Lines over several axes have no style of their own but a place on one scale of colours: its beginning becomes grey. */
function ofAxes(line: Dict, strong: boolean[] | null, grey: string): Dict {
  if (strong === null) {
    return {
      'line.color': [line.color],
      'line.colorscale': [line.colorscale ?? null],
      'line.cmin': line.cmin ?? null,
      'line.cmax': line.cmax ?? null
    };
  }
  const plain = typeof line.color === 'string' ? line.color : null;
  const low = plain === null ? (number(line.cmin) ?? 0) : 0;
  const high = plain === null ? (number(line.cmax) ?? 1) : 1;
  const below = low - ((high - low) * GREY_SHARE) / (1 - GREY_SHARE);
  const values = plain === null ? list(line.color, number) : strong.map(() => high);
  const stops =
    plain === null
      ? (line.colorscale as [number, string][])
      : ([
          [0, plain],
          [1, plain]
        ] as const);
  const moved = stops.map(([at, colour]) => [GREY_SHARE + at * (1 - GREY_SHARE), colour] as const);
  return {
    'line.color': [strong.map((one, at) => (one ? (values[at] ?? high) : below))],
    'line.colorscale': [[[0, grey], [GREY_SHARE * 0.99, grey], ...moved]],
    'line.cmin': below,
    'line.cmax': high
  };
}
