import type { ReactElement } from 'react';
import type { Charts } from '../../components/figures/charts';
import type { WriteRun } from '../../components/projects/RunButton';
import type { IExtensionServices } from '../services';

/** What all pages share. */
export interface IPageServices extends IExtensionServices {
  charts: Charts;
  writeRun: WriteRun | null;
  drawMarkdown(text: string): ReactElement;
}
