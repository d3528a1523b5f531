import type { ReactElement } from 'react';
import { Charts } from '../components/figures/charts';
import { once, plotlyByScript } from '../components/figures/plotly';
import { HtmlNote } from '../components/HtmlNote';
import { dict, text } from '../components/parse';
import type { IDrawnFigure, IFigure, IFigureEvents } from '../components/types';
import type { IDrawings } from '../stores/stores';
import type { Server } from './request';

/** What the page draws that React does not: charts, and Markdown, which the server makes harmless HTML. */
export class Drawings implements IDrawings {
  constructor(private readonly server: Server) {}

  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure> {
    return this.charts.draw(node, figure, events);
  }

  drawMarkdown(markdown: string): ReactElement {
    return <HtmlNote text={markdown} html={this.html} />;
  }

  private readonly html = async (markdown: string): Promise<string> =>
    text(dict(await this.server.post('views/note', { text: markdown })).html);

  // The server sends on to the one that is installed, which the browser keeps.
  private readonly charts = new Charts(once(() => plotlyByScript(async () => 'plotly.js')));
}
