// What a look-up of the guard is: it looks through `Eyes` at one way of using a device, and names whom it finds. Look-ups
// decide by device number alone, so that no spelling of a path, link or namespace hides a user.

/** How the guard sees the host; in tests, texts that are given. */
export interface Eyes {
  /** Undefined where the file does not exist. Throws where it may not be read. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Names in a folder; empty where it does not exist. Throws where it may not be listed. */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** Where a symbolic link points; undefined where there is none. */
  readonly link: (path: string) => Promise<string | undefined>;
  /** `major:minor` of the block device that a path leads to, `cMAJOR:MINOR` of a character device; undefined for all else. */
  readonly numberOf: (path: string) => Promise<string | undefined>;
  /** `major:minor` of the device that a loop device stands on; undefined where that is a file. Throws where it cannot be told. */
  readonly loopOn: (name: string) => Promise<string | undefined>;
  /** What a program that only reads prints. Throws where it is missing or fails. */
  readonly print: (argv: readonly string[]) => Promise<string>;
}

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
