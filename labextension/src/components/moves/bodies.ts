/** The bodies of requests that move versions, for whoever sends them. */
import type { IMove, IMoveChoice } from './types';

export function previewBody(move: IMove): object {
  return { ...target(move), archive_existing: canArchive(move) };
}

export function moveBody(move: IMove, { archive, comment, force }: IMoveChoice): object {
  return {
    ...target(move),
    archive_existing: archive && canArchive(move),
    comment: comment === '' ? null : comment,
    force
  };
}

function target({ name, version, stage, alias }: IMove): object {
  return { name, version, ...(stage === null ? { alias } : { stage }) };
}

/** The protocol archives only for these two. */
function canArchive({ stage }: IMove): boolean {
  return stage === 'Staging' || stage === 'Production';
}
