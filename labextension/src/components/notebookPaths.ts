/** Whether a run began in a notebook of the server's files; the run tells its path as the kernel knew it, mostly whole. */
export function isNotebook(told: string | null, path: string): boolean {
  return told !== null && path !== '' && (told === path || told.endsWith(`/${path}`));
}
