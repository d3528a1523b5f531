import { activity, cells } from './lab/cells/plugins';
import { outputs } from './lab/outputs';
import { pages } from './lab/pages/plugin';
import { panel } from './lab/panel';
import { projects } from './lab/projects/plugin';
import { settings } from './lab/settings';

export default [settings, outputs, panel, pages, cells, activity, projects];
