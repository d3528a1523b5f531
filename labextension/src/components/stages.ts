import type { ITranslate } from './translation';
import { STAGES, type Stage } from './types';

export function stageLabel(stage: Stage, trans: ITranslate): string {
  switch (stage) {
    case 'Staging':
      return trans.__('Staging');
    case 'Production':
      return trans.__('Production');
    case 'Archived':
      return trans.__('Archived');
    default:
      return trans.__('No stage');
  }
}

export function readStage(value: unknown): Stage {
  return STAGES.find(one => one === value) ?? 'None';
}
