/** What the rows of the tree are, and how far it has been read. */
import type { IListedExperiment, IListedRun } from './types';

export type Item =
  | { kind: 'experiment'; key: string; level: number; experiment: IListedExperiment; isOpen: boolean }
  | {
      kind: 'run';
      key: string;
      run: IListedRun;
      isOpen: boolean;
      level: number;
      place: number;
      of: number;
      main: string | null;
    }
  | { kind: 'waiting'; key: string; level: number };

export interface IFound {
  /** Moves with every change. */
  version: number;
  /** Whether the first answer has come. */
  isThere: boolean;
  problem: string | null;
  /** It is asked again without anybody's doing. */
  isRetrying: boolean;
}
