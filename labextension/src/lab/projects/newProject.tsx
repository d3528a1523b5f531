/** The notebook in front becomes a project. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';
import { written } from '../../components/addresses';
import { RequestError, said } from '../../components/errors';
import { dict, text } from '../../components/parse';
import { readDraft, type IDraft, type INewProject } from '../../components/projects/drafts';
import { ProjectForm } from '../../components/projects/ProjectForm';
import { Translation, type ITranslate } from '../../components/translation';
import { OPEN_PAGE } from '../commands';
import type { IExtensionServices } from '../services';

const TAKEN = 'RESOURCE_ALREADY_EXISTS';

/** Asks where it goes, makes it and shows its MLproject file. */
export async function newProject(
  app: JupyterFrontEnd,
  { server, trans }: IExtensionServices,
  { context }: NotebookPanel
): Promise<void> {
  const { path } = context;
  try {
    if (context.model.dirty) {
      await context.save();
    }
    const draft = readDraft(await server.get('project', { path }));
    const project = await ask(draft, trans);
    if (project === null) {
      return;
    }
    const make = async (overwrite: boolean): Promise<string> =>
      text(dict(await server.post('project', { path }, { ...project, overwrite })).path);
    const made = await make(false).catch(async (error: unknown) => {
      if (!(error instanceof RequestError) || error.code !== TAKEN) {
        throw error;
      }
      return (await replaces(project.folder, error.message, trans)) ? make(true) : null;
    });
    if (made !== null) {
      await app.commands.execute(OPEN_PAGE, { store: '', place: written(['file'], { path: made }) });
    }
  } catch (error) {
    await showErrorMessage(trans.__('%1 can not become a project', PathExt.basename(path)), said(error));
  }
}

/** Null when it was cancelled. */
async function ask(draft: IDraft, trans: ITranslate): Promise<INewProject | null> {
  const { button, value } = await showDialog({
    title: trans.__('New project from %1', draft.file),
    body: new Body(draft, trans),
    focusNodeSelector: 'input',
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Make project') })]
  });
  return button.accept ? value : null;
}

async function replaces(folder: string, why: string, trans: ITranslate): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Replace files in %1?', folder),
    body: why,
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Replace') })],
    defaultButton: 0
  });
  return button.accept;
}

class Body extends ReactWidget implements Dialog.IBodyWidget<INewProject> {
  constructor(
    private readonly draft: IDraft,
    private readonly trans: ITranslate
  ) {
    super();
    const { name, folder, requirements } = draft;
    this.project = { name, folder, requirements };
    this.addClass('jp-mlops-view');
  }

  getValue(): INewProject {
    return this.project;
  }

  protected override render(): ReactElement {
    return (
      <Translation.Provider value={this.trans}>
        <ProjectForm
          draft={this.draft}
          onChange={({ name, folder, requirements }) => (this.project = { name, folder, requirements })}
        />
      </Translation.Provider>
    );
  }

  private project: INewProject;
}
