import { preferences } from '../preferences';
import type { IDrawnFigure, IEmphasis, IFigure, IFigureEvents } from '../types';
import { fewNamed } from './axes';
import { restyles } from './emphasis';
import { listen } from './events';
import { recoloured } from './palettes';
import { once, plotlyByBytes, type IPlotly, type IPlotlyNode } from './plotly';
import { ownStyle, themed } from './plotTheme';
import { pointRuns } from './traces';

const CONFIG = {
  displaylogo: false,
  responsive: false
};
// Lists of our own: later versions of plotly.js add buttons that send the data to a server.
const BUTTONS = ['toImage', 'zoom2d', 'pan2d', 'resetScale2d'];
const OF_POINTS = [...BUTTONS, 'select2d', 'lasso2d'];
const OF_AXES = ['toImage'];

/** Draws the figures that Python built, with the plotly.js that the host finds. */
export class Charts {
  constructor(private readonly load: () => Promise<IPlotly>) {}

  /** `bytes` are those of plotly.js, for where the host finds none: a kernel has them. */
  async draw(
    node: HTMLElement,
    figure: IFigure,
    events: IFigureEvents,
    bytes?: () => Promise<ArrayBuffer>
  ): Promise<IDrawnFigure> {
    const plotly = await this.load().catch((error: unknown) => {
      if (bytes === undefined) {
        throw error;
      }
      // One transfer for all charts that wait, whoever of them asks.
      this.byBytes ??= once(() => plotlyByBytes(bytes));
      return this.byBytes().catch(() => {
        this.byBytes = null;
        throw error;
      });
    });
    const drawing = new Drawing(plotly, node as IPlotlyNode, figure);
    await drawing.paint();
    drawing.listen(events);
    return drawing;
  }

  private byBytes: (() => Promise<IPlotly>) | null = null;
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
    this.unfollow = preferences.subscribe(() => {
      if (preferences.current.palette !== this.palette) {
        void this.paint();
      }
    });
  }

  async paint(): Promise<void> {
    // A node that is out of sight has no width: the chart keeps its own until it is seen again.
    this.width = this.node.clientWidth || this.width;
    this.palette = preferences.current.palette;
    this.coloured = recoloured(this.figure, this.palette);
    const config = { ...CONFIG, modeBarButtons: [buttonsOf(this.figure)] };
    const layout = { ...themed(this.coloured, this.node), width: this.width };
    await this.plotly.react(this.node, fewNamed(this.coloured.data).map(ownStyle), layout, config);
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
    const onSelection = (runIds: string[]): void => {
      if (!this.unframing) {
        this.unframe();
        events.onSelection?.(runIds);
      }
    };
    listen(this.node, () => this.figure, { ...events, onSelection });
  }

  /** What was drawn round points goes: it would hold them against the next selection from elsewhere. */
  private unframe(): void {
    this.unframing = true;
    const done = (): void => {
      this.unframing = false;
    };
    void this.plotly.relayout(this.node, { selections: [] }).then(done, done);
  }

  dispose(): void {
    this.disposed = true;
    window.cancelAnimationFrame(this.frame);
    this.sizes.disconnect();
    this.themes.disconnect();
    this.unfollow();
    this.plotly.purge(this.node);
  }

  private stress(): void {
    const { selected, hovered } = this.emphasis;
    if (this.disposed || (selected.size === 0 && hovered === null && !this.stressed)) {
      return;
    }
    this.stressed = selected.size > 0 || hovered !== null;
    const grey = getComputedStyle(this.node).getPropertyValue('--jp-border-color2').trim();
    for (const { traces, change } of restyles(this.coloured, this.emphasis, grey)) {
      void this.plotly.restyle(this.node, change, traces);
    }
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
  private readonly unfollow: () => void;
  private coloured = this.figure;
  private palette = preferences.current.palette;
  private disposed = false;
  private stressed = false;
  private unframing = false;
  private frame = 0;
  private width = 640;
}

function buttonsOf({ data }: IFigure): string[] {
  if (data.every(trace => trace.type === 'parcoords')) {
    return OF_AXES;
  }
  return data.some(trace => trace.type === 'scatter' && pointRuns(trace) !== null) ? OF_POINTS : BUTTONS;
}
