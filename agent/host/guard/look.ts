// A look-up of the guard looks through `Eyes` at one way of using a device, and names whom it finds. Look-ups
// decide by device number alone, so that no spelling of a path, link or namespace hides a user.

import type { Kernel } from '../port.ts';

/** The part of the kernel port that a look-up asks. It changes nothing. Throws where it may not look. */
export type Eyes = Pick<Kernel, 'read' | 'list' | 'linkOf' | 'numberOf' | 'loopOn' | 'run'>;

/** A block device that is used whenever the guarded one is: itself, its partitions, its disk, another path to it. */
export interface Member {
  /** The kernel's name, such as `sda1`. */
  readonly name: string;
  /** `major:minor`. */
  readonly number: string;
}

export type Finding =
  | { readonly kind: 'user'; readonly what: string }
  /** It could not be looked: that is no proof that nobody is there. */
  | { readonly kind: 'blind'; readonly what: string };

/** Of a program that only reads. */
export const printDeadlineMs = 20_000;

export type LookUp = (eyes: Eyes, family: readonly Member[]) => Promise<readonly Finding[]>;

export function user(what: string): Finding {
  return { kind: 'user', what };
}

export function blind(what: string): Finding {
  return { kind: 'blind', what };
}

/** The member that a path leads to. */
export async function memberAt(
  eyes: Eyes,
  family: readonly Member[],
  path: string | undefined,
): Promise<Member | undefined> {
  const text = path?.trim();
  if (!text?.startsWith('/')) return undefined;
  const number = await eyes.numberOf(text);
  return number === undefined ? undefined : memberOf(family, number);
}

export function memberOf(family: readonly Member[], number: string): Member | undefined {
  return family.find((member) => member.number === number);
}
