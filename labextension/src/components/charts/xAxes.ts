import type { ITranslate } from '../translation';
import type { XAxis } from '../types';

/** Over what a curve may be drawn. */
export function xAxes(trans: ITranslate): [XAxis, string][] {
  return [
    ['step', trans.__('Step')],
    ['relative', trans.__('Relative time')],
    ['time', trans.__('Clock time')]
  ];
}
