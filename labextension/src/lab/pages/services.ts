import type { ReactElement } from 'react';
import type { Charts } from '../../components/figures/charts';
import type { IExtensionServices } from '../services';

/** What all pages share. */
export interface IPageServices extends IExtensionServices {
  charts: Charts;
  drawMarkdown(text: string): ReactElement;
}
