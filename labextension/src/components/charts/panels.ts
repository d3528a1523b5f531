/** The tabs of charts, one file each. */
import { CurvesPanel } from './CurvesPanel';
import type { IPanel } from './types';

export const PANELS: readonly IPanel[] = [
  { id: 'curves', title: trans => trans.__('Curves'), Panel: CurvesPanel }
];
