/** A run as a notebook: what the host does with it, and the button for it. */
import { createContext, useContext, useState, type ReactElement } from 'react';
import { said } from './errors';
import { dict, text } from './parse';
import { useTranslation } from './translation';

/** Opens the notebook that makes a run again; `store` is the key of the run's store. */
export type OpenAsNotebook = (store: string, runId: string) => Promise<void>;

/** Null where the host can not open one. */
export const Notebooks = createContext<OpenAsNotebook | null>(null);

export function useOpenAsNotebook(): OpenAsNotebook | null {
  return useContext(Notebooks);
}

interface IRunNotebook {
  name: string;
  notebook: object;
}

/** The answer of the view `run_notebook`. */
export function readRunNotebook(answer: unknown): IRunNotebook {
  const { name, notebook } = dict(answer);
  return { name: text(name, 'run.ipynb'), notebook: dict(notebook) };
}

interface IProps {
  store: string;
  runId: string;
}

export function OpenAsNotebookButton({ store, runId }: IProps): ReactElement | null {
  const trans = useTranslation();
  const open = useOpenAsNotebook();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (open === null) {
    return null;
  }
  const start = (): void => {
    setBusy(true);
    setProblem(null);
    open(store, runId)
      .catch((error: unknown) => setProblem(said(error)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button
        type="button"
        className="jp-mlops-link"
        data-testid="mlops-open-notebook"
        title={trans.__(
          'A notebook with the cells that made this run, its parameters, code version and packages'
        )}
        aria-disabled={busy}
        onClick={busy ? undefined : start}
      >
        {trans.__('Open as notebook')}
      </button>
      {problem !== null && (
        <span className="jp-mlops-error" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
