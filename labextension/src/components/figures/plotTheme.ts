/** A figure in the colours and letters of the page. */
import { wholeTicks } from './axes';
import { traceRun, tracesByRun } from './traces';
import { dict, isDict, list, number, type Dict } from '../parse';
import type { IFigure, ITrace } from '../types';

const HEIGHT = 280;

export function themed({ data, layout }: IFigure, node: HTMLElement): Dict {
  const style = getComputedStyle(node);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  const text = value('--jp-ui-font-color1');
  const quiet = value('--jp-ui-font-color2');
  const grid = value('--jp-border-color3');
  const axis = {
    automargin: true,
    gridcolor: grid,
    linecolor: value('--jp-border-color1'),
    zerolinecolor: grid,
    tickcolor: grid,
    tickfont: { color: quiet, size: 11 },
    // As everybody writes numbers: plotly.js would say µ and B.
    exponentformat: 'power'
  };
  const hasAxes = !data.every(trace => trace.type === 'parcoords');
  const barOf = (axis: Dict): Dict => ({
    ...dict(axis.colorbar),
    tickfont: { color: quiet, size: 11 },
    outlinecolor: grid
  });
  const legendOf = (legend: Dict): Dict => ({
    ...legend,
    title: { ...dict(legend.title), font: { color: quiet, size: 12 } }
  });
  // The table names the runs and shows their colours: a legend would say it twice.
  const byRun = tracesByRun({ data, layout });
  const axes = Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name));
  const titled = (name: string, own: unknown): Dict => {
    const { title } = dict(own);
    const words = isDict(title) ? title : { text: title };
    const ticked = wholeTicks(name, dict(own), data);
    return { ...ticked, ...axis, title: { ...words, font: { color: quiet, size: 12 } } };
  };
  return {
    ...layout,
    ...Object.fromEntries(axes.map(([name, own]) => [name, titled(name, own)])),
    ...(hasAxes ? { xaxis: titled('xaxis', layout.xaxis), yaxis: titled('yaxis', layout.yaxis) } : {}),
    ...(isDict(layout.coloraxis)
      ? { coloraxis: { ...layout.coloraxis, colorbar: barOf(layout.coloraxis) } }
      : {}),
    annotations: list(layout.annotations, one => ({
      ...dict(one),
      font: { ...dict(dict(one).font), color: text }
    })),
    height: number(layout.height) ?? HEIGHT,
    autosize: false,
    // A figure without axes needs no room for their numbers.
    margin:
      !hasAxes || dict(layout.xaxis).visible === false
        ? layout.margin
        : {
            l: 56,
            r: 16,
            t: layout.title === undefined ? Math.max(12, number(dict(layout.margin).t) ?? 0) : 40,
            b: 40
          },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { ...dict(layout.font), color: text, family: value('--jp-ui-font-family'), size: 12 },
    hoverlabel: {
      namelength: 40,
      bgcolor: value('--jp-layout-color1'),
      bordercolor: value('--jp-border-color1'),
      font: { color: text, family: value('--jp-ui-font-family'), size: 12 }
    },
    ...(isDict(layout.legend) ? { legend: legendOf(layout.legend) } : {}),
    hovermode: 'closest',
    // plotly.js does not see what is behind a colour that one can see through.
    template: { data: { heatmap: [{ textfont: { color: text } }] } },
    modebar: { bgcolor: 'rgba(0,0,0,0)', color: quiet, activecolor: text },
    ...(byRun.size > 0 && data.every(trace => traceRun(trace) !== null) ? { showlegend: false } : {})
  };
}

/** Plotly writes into what it is given; the figure stays as it came. */
export function ownStyle(trace: ITrace): ITrace {
  return isDict(trace.line) ? { ...trace, line: { ...trace.line } } : { ...trace };
}
