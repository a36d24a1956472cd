// How a setting is changed, as data: what is typed or done, and when it takes effect.

import type { LiveTurn } from '../lib/live-turn.ts';

export interface Change {
  /** A line for a shell, or words for who must do it elsewhere; the word `N` stands for the new value. */
  readonly how: string;
  /** `how` is a line that a shell takes as it stands, once N is filled in. */
  readonly isCommand: boolean;
  /** When it takes effect, and its bounds. */
  readonly effect?: string;
  /** The line takes so much more than the value that is read afterwards; left out: as much. */
  readonly offset?: number;
  /** It is turned by a write to the disk of the knob, under I/O; left out: it is not, or of a version that did not say. */
  readonly turn?: LiveTurn;
}

export function byCommand(how: string, effect?: string): Change {
  return { how, isCommand: true, ...(effect === undefined ? {} : { effect }) };
}

/** A write to `disk` that takes effect while I/O flows. `effect`: more than that it is live. */
export function byTurning(disk: string, turn: LiveTurn, effect = 'live'): Change {
  return {
    ...byCommand(`echo ${'word' in turn ? turn.word : 'N'} >/sys/block/${disk}/${turn.attribute}`, effect),
    turn,
  };
}

export function byHand(how: string, effect?: string): Change {
  return { how, isCommand: false, ...(effect === undefined ? {} : { effect }) };
}

/** `echo N >/sys/...; live` */
export function changeText({ how, effect }: Pick<Change, 'how' | 'effect'>): string {
  return effect === undefined ? how : `${how}; ${effect}`;
}
