export interface IRegistrable {
  name: string;
  uri: string;
}

/** What makes models of runs versions of registered models. */
export interface IRegistrar {
  /** The models that a run logged. */
  logged(runId: string): Promise<IRegistrable[]>;
  /** Names of registered models that have a text in them. */
  names(search: string): Promise<string[]>;
  /** Makes a run's model the next version of a registered one, which is made where there is none; its number. */
  register(name: string, uri: string, runId: string): Promise<string>;
}
