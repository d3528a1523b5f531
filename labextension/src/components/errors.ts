/** The code of an error: the server could not be reached at all. */
export const NO_SERVER = 'NO_SERVER';

/** The server extension is not there. */
export const NO_EXTENSION = 'NO_EXTENSION';

/** The page and the server are not of one installation. */
export const OTHER_VERSION = 'OTHER_VERSION';

/** What a server or a kernel refused. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** What the user can type to mend it. */
    readonly command?: string
  ) {
    super(message);
  }
}

/** What went wrong, in words for the user. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Asking again says the same until somebody does something about it. */
const LASTING = ['INVALID_PARAMETER_VALUE', 'PERMISSION_DENIED', 'UNAUTHENTICATED', '401', '403'];

/** Whether an error may pass by itself: what is away or locked comes back. */
export function canPass(error: unknown): boolean {
  return !(error instanceof RequestError && [...LASTING, NO_EXTENSION, OTHER_VERSION].includes(error.code));
}
