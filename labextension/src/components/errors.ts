/** The code of an error: the server could not be reached at all. */
export const NO_SERVER = 'NO_SERVER';

/** The server extension is not there. */
export const NO_EXTENSION = 'NO_EXTENSION';

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
