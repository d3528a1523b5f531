import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { mlopsIcon } from '../icons';
import { servicesOf } from '../services';
import { newProject } from './newProject';

const NEW_PROJECT = 'jupyter-mlops:new-project';

/** The command that makes a project of a notebook. */
export const projects: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:projects',
  description: 'Makes projects of notebooks.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const services = servicesOf(app, translator);
    const { trans } = services;
    app.commands.addCommand(NEW_PROJECT, {
      label: trans.__('New Project from This Notebook…'),
      caption: trans.__('A folder with MLproject, its environment and the notebook with its parameters'),
      icon: mlopsIcon,
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        const panel = tracker.currentWidget;
        return panel !== null && newProject(app, services, panel);
      }
    });
    tracker.currentChanged.connect(() => app.commands.notifyCommandChanged(NEW_PROJECT));
    palette?.addItem({ command: NEW_PROJECT, category: trans.__('MLOps') });
  }
};
