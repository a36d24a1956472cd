// The part of a host that a look-up may ask: it changes nothing.

export interface Reads {
  /** Text of a file; undefined where there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Names in a folder; empty where there is none. */
  readonly list: (path: string) => Promise<readonly string[]>;
}
