import type { ReactElement } from 'react';
import type { Charts } from '../../components/figures/charts';
import type { OpenAsNotebook } from '../../components/notebooks';
import type { ITranslate } from '../../components/translation';
import type { Changes } from '../changes';
import type { Server } from '../request';

/** What all pages share. */
export interface IPageServices {
  server: Server;
  changes: Changes;
  charts: Charts;
  trans: ITranslate;
  openAsNotebook: OpenAsNotebook;
  drawMarkdown(text: string): ReactElement;
}
