import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { preferences, readPreferences } from '../components/preferences';
import { speak } from '../components/translation';

const ID = 'jupyter-mlops:settings';

/** What is chosen in JupyterLab's settings holds for all views at once; `preferences` is where they read it. */
export const settings: JupyterFrontEndPlugin<void> = {
  id: ID,
  description:
    'The settings of jupyter_mlops: store, refresh, columns, colours, density, questions, notifications.',
  autoStart: true,
  optional: [ISettingRegistry, ITranslator],
  activate: async (_: JupyterFrontEnd, registry: ISettingRegistry | null, translator: ITranslator | null) => {
    speak((translator ?? nullTranslator).load('jupyter_mlops'));
    if (registry === null) {
      return;
    }
    try {
      const loaded = await registry.load(ID);
      const follow = (): void => {
        preferences.set(readPreferences(loaded.composite));
        document.body.dataset.jpMlopsDensity = preferences.current.density;
      };
      loaded.changed.connect(follow);
      follow();
    } catch (error) {
      // Without their schema there are no settings; everything works by the defaults.
      console.warn('The settings of jupyter_mlops could not be read.', error);
    }
  }
};
