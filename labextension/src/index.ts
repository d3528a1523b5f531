import { outputs } from './lab/outputs';
import { panel } from './lab/panel';
import { settings } from './lab/settings';

export default [settings, outputs, panel];
