/** A move of a version, and what is asked of the host before and for it. */
import type { Stage } from '../types';

/** A version on its way to a stage or an alias: one of both. */
export interface IMove {
  name: string;
  version: string;
  stage: Stage | null;
  alias: string | null;
}

export interface IVerdict {
  rule: string;
  passed: boolean;
  reason: string;
}

export interface IPreview {
  /** Versions that are in the stage now, and would be archived. */
  archives: string[];
  /** The version that has the alias now. */
  holder: string | null;
  verdicts: IVerdict[];
  passed: boolean;
}

export interface IMoveChoice {
  archive: boolean;
  comment: string;
  force: boolean;
}

/** What the sheet asks before a version is moved; the panel and the registry's view both have it. */
export interface IMoveHost {
  preview(move: IMove): Promise<IPreview>;
  move(move: IMove, choice: IMoveChoice): Promise<void>;
}
