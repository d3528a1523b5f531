import { traceRun } from './traces';
import type { IDrawnFigure, IEmphasis, IFigure, IFigureEvents } from '../types';
import type { IPlotly, IPlotlyNode } from './plotly';
import { ownStyle, themed } from './plotTheme';

const FAINT = 0.16;
const CONFIG = {
  displaylogo: false,
  responsive: false,
  // A list of our own: later versions of plotly.js add buttons that send the data to a server.
  modeBarButtons: [['toImage', 'zoom2d', 'pan2d', 'resetScale2d']]
};

/** Draws the figures that Python built, with the plotly.js that the host finds. */
export class Charts {
  constructor(private readonly load: () => Promise<IPlotly>) {}

  async draw(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure> {
    const plotly = await this.load();
    const drawing = new Drawing(plotly, node as IPlotlyNode, figure);
    await drawing.paint();
    drawing.listen(events);
    return drawing;
  }
}

class Drawing implements IDrawnFigure {
  constructor(
    private readonly plotly: IPlotly,
    private readonly node: IPlotlyNode,
    private figure: IFigure
  ) {
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(node);
    // The host writes the theme's name on the body when its variables have changed, as JupyterLab does.
    this.themes = new MutationObserver(() => void this.paint());
    this.themes.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
  }

  async paint(): Promise<void> {
    // A node that is out of sight has no width: the chart keeps its own until it is seen again.
    this.width = this.node.clientWidth || this.width;
    const layout = { ...themed(this.figure, this.node), width: this.width };
    await this.plotly.react(this.node, this.figure.data.map(ownStyle), layout, CONFIG);
    this.stress();
  }

  update(figure: IFigure): void {
    if (figure !== this.figure) {
      this.figure = figure;
      void this.paint();
    }
  }

  emphasise(emphasis: IEmphasis): void {
    this.emphasis = emphasis;
    // The pointer crosses rows faster than a chart can be drawn.
    window.cancelAnimationFrame(this.frame);
    this.frame = window.requestAnimationFrame(() => this.stress());
  }

  listen(events: IFigureEvents): void {
    this.node.on('plotly_hover', event => events.onHover(runOf(event)));
    this.node.on('plotly_unhover', () => events.onHover(null));
    this.node.on('plotly_click', event => {
      const run = runOf(event);
      if (run !== null) {
        events.onPick(run);
      }
    });
  }

  dispose(): void {
    this.disposed = true;
    window.cancelAnimationFrame(this.frame);
    this.sizes.disconnect();
    this.themes.disconnect();
    this.plotly.purge(this.node);
  }

  private stress(): void {
    const { selected, hovered } = this.emphasis;
    const traces = this.figure.data;
    if (this.disposed || traces.length === 0) {
      return;
    }
    const some = selected.size > 0 || hovered !== null;
    const runs = traces.map(traceRun);
    const strong = runs.map(run => run !== null && (run === hovered || selected.has(run)));
    // A figure whose traces belong to no run of the table is left alone.
    void this.plotly.restyle(this.node, {
      opacity: strong.map((one, index) => (!some || one || runs[index] === null ? 1 : FAINT)),
      'line.width': strong.map((one, index) => (some && one && runs[index] === hovered ? 3 : 2))
    });
  }

  private fit(): void {
    const width = this.node.clientWidth;
    if (!this.disposed && width > 0 && Math.abs(width - this.width) > 1) {
      this.width = width;
      void this.plotly.relayout(this.node, { width });
    }
  }

  private emphasis: IEmphasis = { selected: new Set(), hovered: null };
  private readonly sizes: ResizeObserver;
  private readonly themes: MutationObserver;
  private disposed = false;
  private frame = 0;
  private width = 640;
}

function runOf(event: { points?: { data?: { meta?: unknown } }[] }): string | null {
  const data = event.points?.[0]?.data;
  return data ? traceRun({ ...data }) : null;
}
