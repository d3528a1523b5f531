import { useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import { linesOf, type IDraft, type INewProject } from './drafts';

interface IProps {
  draft: IDraft;
  onChange(project: INewProject): void;
}

/** What is found in a notebook that becomes a project; where it goes and its packages may be changed. */
export function ProjectForm({ draft, onChange }: IProps): ReactElement {
  const trans = useTranslation();
  const [project, setProject] = useState<INewProject>(draft);
  const change = (changed: Partial<INewProject>): void => {
    setProject({ ...project, ...changed });
    onChange({ ...project, ...changed });
  };
  return (
    <div className="jp-mlops-project-form" data-testid="mlops-project-form">
      <label className="jp-mlops-sheet-field">
        <span>{trans.__('Folder')}</span>
        <input
          className="jp-mlops-input"
          spellCheck={false}
          value={project.folder}
          onChange={event => change({ folder: event.target.value })}
        />
      </label>
      <label className="jp-mlops-sheet-field">
        <span>{trans.__('Name')}</span>
        <input
          className="jp-mlops-input"
          spellCheck={false}
          value={project.name}
          onChange={event => change({ name: event.target.value })}
        />
      </label>
      <Parameters parameters={draft.parameters} />
      <Files title={trans.__('Goes along')} files={[draft.file, ...draft.files]} />
      <Files title={trans.__('Too large to be copied')} files={draft.left} />
      <label className="jp-mlops-sheet-field">
        <span>{trans.__('Packages, one a line')}</span>
        <Packages given={draft.requirements} onChange={requirements => change({ requirements })} />
      </label>
      {draft.missing.length > 0 && (
        <p className="jp-mlops-error">
          {trans.__('Imported, but in no package here: %1. Add what has it.', draft.missing.join(', '))}
        </p>
      )}
    </div>
  );
}

function Packages({ given, onChange }: { given: string[]; onChange(lines: string[]): void }): ReactElement {
  const [typed, setTyped] = useState(given.join('\n'));
  return (
    <textarea
      className="jp-mlops-input"
      rows={Math.min(8, Math.max(3, given.length))}
      spellCheck={false}
      value={typed}
      onChange={event => {
        setTyped(event.target.value);
        onChange(linesOf(event.target.value));
      }}
    />
  );
}

function Parameters({ parameters }: Pick<IDraft, 'parameters'>): ReactElement {
  const trans = useTranslation();
  return (
    <section aria-label={trans.__('Parameters')}>
      <h4>{trans.__('Parameters')}</h4>
      {parameters.length === 0 ? (
        <p>
          {trans.__(
            'None. A cell that assigns nothing but numbers and texts, or has the tag “parameters”, gives them.'
          )}
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Type')}</th>
              <th scope="col">{trans.__('Default')}</th>
            </tr>
          </thead>
          <tbody>
            {parameters.map(one => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td>{one.type}</td>
                <td>{one.default}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Files({ title, files }: { title: string; files: string[] }): ReactElement | null {
  return files.length === 0 ? null : (
    <section aria-label={title}>
      <h4>{title}</h4>
      <p>{files.join(', ')}</p>
    </section>
  );
}
