// What a look-up may ask of a host: it changes nothing, and is told nothing else.

export interface Reads {
  /** Text of a file; undefined where there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Names in a folder; empty where there is none. */
  readonly list: (path: string) => Promise<readonly string[]>;
}
