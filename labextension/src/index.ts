import { outputs } from './lab/outputs';
import { panel } from './lab/panel';

export default [outputs, panel];
