/** What a notebook would be as a project, as the server finds it. */
import { dict, list, text, texts } from '../parse';

interface IParameter {
  name: string;
  type: string;
  default: string;
}

export interface IDraft {
  name: string;
  folder: string;
  file: string;
  parameters: IParameter[];
  requirements: string[];
  missing: string[];
  files: string[];
  left: string[];
}

/** What may be changed of it. */
export interface INewProject {
  name: string;
  folder: string;
  requirements: string[];
}

export function readDraft(answer: unknown): IDraft {
  const { name, folder, file, parameters, requirements, missing, files, left } = dict(answer);
  return {
    name: text(name),
    folder: text(folder),
    file: text(file),
    parameters: list(parameters, one => {
      const { name, type, default: value } = dict(one);
      return { name: text(name), type: text(type), default: text(value) };
    }),
    requirements: texts(requirements),
    missing: texts(missing),
    files: texts(files),
    left: texts(left)
  };
}

/** The lines of a text that say something. */
export function linesOf(given: string): string[] {
  return given
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}
