import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { said } from '../errors';
import { askFiles, type IArtifact } from './files';
import type { IRunsHost } from './types';

interface IFolder {
  files: IArtifact[];
  total: number;
  pending: boolean;
  problem: string | null;
}

export interface IFolders {
  of(folder: string): IFolder | undefined;
  /** Reads the beginning of a folder, or goes on where it ends. */
  more(folder: string): void;
}

const PENDING: IFolder = { files: [], total: 0, pending: true, problem: null };

/** The folders of a run that were opened, each read some files at a time; all of them again when the stamp moves. */
export function useFolders(host: IRunsHost, runId: string, stamp: number): IFolders {
  const [found, setFound] = useState<ReadonlyMap<string, IFolder>>(new Map());
  const latest = useRef(found);
  latest.current = found;
  const put = useCallback((folder: string, content: IFolder) => {
    latest.current = new Map(latest.current).set(folder, content);
    setFound(latest.current);
  }, []);
  const read = useCallback(
    (folder: string, isAgain: boolean): void => {
      const before = latest.current.get(folder) ?? PENDING;
      const offset = isAgain ? 0 : before.files.length;
      put(folder, { ...before, pending: true });
      askFiles(host, runId, folder, '', offset).then(
        ({ files, total }) => {
          const kept = isAgain ? before.files.slice(files.length) : before.files;
          const all = isAgain ? [...files, ...kept] : [...kept, ...files];
          put(folder, { files: unique(all), total, pending: false, problem: null });
        },
        (error: unknown) => put(folder, { ...before, pending: false, problem: said(error) })
      );
    },
    [host, runId, put]
  );
  useEffect(() => {
    const opened = ['', ...[...latest.current.keys()].filter(Boolean)];
    opened.forEach(folder => read(folder, true));
  }, [read, stamp]);
  return useMemo(
    () => ({ of: folder => found.get(folder), more: folder => read(folder, false) }),
    [found, read]
  );
}

function unique(files: IArtifact[]): IArtifact[] {
  return [...new Map(files.map(one => [one.path, one])).values()];
}
