/** The tabs of charts, one file each. */
import { CurvesPanel, SystemPanel } from './CurvesPanel';
import { GroupsPanel } from './GroupsPanel';
import { ImportancePanel } from './ImportancePanel';
import { ParallelPanel } from './ParallelPanel';
import { ScatterPanel } from './ScatterPanel';
import type { IPanel } from './types';

export const PANELS: readonly IPanel[] = [
  { id: 'curves', title: trans => trans.__('Curves'), Panel: CurvesPanel },
  { id: 'parallel', title: trans => trans.__('Parallel coordinates'), Panel: ParallelPanel },
  { id: 'scatter', title: trans => trans.__('Scatter'), Panel: ScatterPanel },
  { id: 'groups', title: trans => trans.__('Groups'), Panel: GroupsPanel },
  { id: 'importance', title: trans => trans.__('Importance'), Panel: ImportancePanel },
  { id: 'system', title: trans => trans.__('System'), Panel: SystemPanel }
];
