/** An entry point of a project, run from a notebook. */
import { createContext, useContext, useState, type ReactElement } from 'react';
import { said } from '../errors';
import { dict, list, text } from '../parse';
import { useTranslation } from '../translation';

/** A parameter and what it is when nothing is said; null where something must be. */
export interface IGiven {
  name: string;
  default: string | number | null;
}

/** Writes the line that runs an entry point into a notebook; `path` is that of the MLproject file. */
export type WriteRun = (path: string, entryPoint: string, parameters: IGiven[]) => Promise<void>;

/** Null where there are no notebooks. */
export const Runs = createContext<WriteRun | null>(null);

/** Null of what is no entry point. */
export function readGiven(given: unknown): IGiven[] | null {
  return !Array.isArray(given)
    ? null
    : list(given, one => {
        const { name, default: value } = dict(one);
        const isSaid = typeof value === 'number' || typeof value === 'string';
        return { name: text(name), default: isSaid ? value : null };
      });
}

interface IProps {
  path: string;
  entryPoint: string;
  parameters: IGiven[];
}

export function RunButton({ path, entryPoint, parameters }: IProps): ReactElement | null {
  const trans = useTranslation();
  const write = useContext(Runs);
  const [problem, setProblem] = useState<string | null>(null);
  return write === null ? null : (
    <p>
      <button
        type="button"
        className="jp-mlops-button"
        title={trans.__('Write the line that runs it into the notebook used last, or a new one')}
        onClick={() =>
          void write(path, entryPoint, parameters).catch((error: unknown) => setProblem(said(error)))
        }
      >
        {trans.__('Run…')}
      </button>
      {problem !== null && (
        <span className="jp-mlops-error" role="alert">
          {problem}
        </span>
      )}
    </p>
  );
}
