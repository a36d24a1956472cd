// How a setting is changed, as data: what is typed or done, and when it takes effect.

export interface Change {
  /** A line for a shell, or words for who must do it elsewhere; the word `N` stands for the new value. */
  readonly how: string;
  /** `how` is a line that a shell takes as it stands, once N is filled in. */
  readonly isCommand: boolean;
  /** When it takes effect, and its bounds. */
  readonly effect?: string;
  /** The line takes so much more than the value that is read afterwards; left out: as much. */
  readonly offset?: number;
}

export function byCommand(how: string, effect?: string): Change {
  return { how, isCommand: true, ...(effect === undefined ? {} : { effect }) };
}

export function byHand(how: string, effect?: string): Change {
  return { how, isCommand: false, ...(effect === undefined ? {} : { effect }) };
}

/** `echo N >/sys/...; live` */
export function changeText({ how, effect }: Pick<Change, 'how' | 'effect'>): string {
  return effect === undefined ? how : `${how}; ${effect}`;
}
