/** The tabs of charts, one file each. */
import { CurvesPanel, SystemPanel } from './CurvesPanel';
import { DifferencePanel } from './DifferencePanel';
import { FilesPanel } from './FilesPanel';
import { GroupsPanel } from './GroupsPanel';
import { ImagesPanel } from './ImagesPanel';
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
  { id: 'system', title: trans => trans.__('System'), Panel: SystemPanel },
  { id: 'files', title: trans => trans.__('Files'), Panel: FilesPanel },
  { id: 'images', title: trans => trans.__('Images'), Panel: ImagesPanel },
  { id: 'difference', title: trans => trans.__('Difference'), Panel: DifferencePanel }
];
