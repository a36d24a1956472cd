// How much of which device a target takes (pure): words by their position, as in Documentation/admin-guide/device-mapper/*.rst.
// What the kernel would refuse with EINVAL is known from this beforehand. Unit: sectors of 512 bytes.

import type { DmTarget } from '../../host/dm/table.ts';

export interface Extent {
  /** The word that names the device. */
  readonly device: string;
  readonly offset: number;
  readonly length: number;
}

type Parse = (words: readonly string[], length: number) => readonly Extent[];

const at = (words: readonly string[], i: number): string => words[i] ?? '';
const extent = (device: string, offset: string, length: number): Extent => ({ device, offset: Number(offset), length });

/** `COUNT word...` from a position on: where what follows begins. */
function after(words: readonly string[], i: number): number {
  return i + 1 + (Number(words[i]) || 0);
}

const delay: Parse = (words, length) =>
  [0, 3, 6].filter((i) => words.length > i + 1).map((i) => extent(at(words, i), at(words, i + 1), length));

const striped: Parse = (words, length) => {
  const count = Number(at(words, 0));
  return Array.from({ length: Math.min(count, words.length) }, (_, i) =>
    extent(at(words, 2 + 2 * i), at(words, 3 + 2 * i), Math.ceil(length / count)),
  );
};

/** Data legs alone: what metadata takes depends on the legs' length. `-` is a leg that is not there. */
const raid: Parse = (words, length) => {
  const first = after(words, 1);
  const legs = Number(at(words, first));
  const level = /^raid(\d+)/.exec(at(words, 0))?.[1] ?? '';
  const copies = Number(words[words.indexOf('raid10_copies') + 1]) || 2;
  const share =
    { 0: legs, 1: 1, 10: legs / (words.includes('raid10_copies') ? copies : 2), 6: legs - 2 }[Number(level)] ??
    legs - 1;
  return words
    .slice(first + 1)
    .flatMap((word, i) => (i % 2 === 0 || word === '-' ? [] : [extent(word, '0', Math.floor(length / share))]));
};

const multipath: Parse = (words, length) => {
  const extents: Extent[] = [];
  let i = after(words, after(words, 0)) + 2;
  for (let group = Number(at(words, i - 2)); group > 0 && i < words.length; group--) {
    i = after(words, i + 1);
    const [paths, args] = [Number(at(words, i)), Number(at(words, i + 1))];
    i += 2;
    for (let path = 0; path < paths; path++, i += 1 + args) extents.push(extent(at(words, i), '0', length));
  }
  return extents;
};

const parsers: Readonly<Record<string, Parse>> = {
  linear: (words, length) => [extent(at(words, 0), at(words, 1), length)],
  flakey: (words, length) => [extent(at(words, 0), at(words, 1), length)],
  crypt: (words, length) => [extent(at(words, 3), at(words, 4), length)],
  delay,
  striped,
  raid,
  multipath,
  'thin-pool': (words, length) => [extent(at(words, 1), '0', length)],
  cache: (words, length) => [extent(at(words, 2), '0', length)],
  writecache: (words, length) => [extent(at(words, 1), '0', length)],
  snapshot: (words, length) => [extent(at(words, 0), '0', length)],
  'snapshot-origin': (words, length) => [extent(at(words, 0), '0', length)],
};

/** Empty for a target that stands in no row, or whose words are no numbers where numbers should be: the kernel will tell. */
export function extentsOf({ type, length, params }: DmTarget): readonly Extent[] {
  const parse = Object.hasOwn(parsers, type) ? parsers[type] : undefined;
  const extents = parse?.(params.split(/\s+/), length) ?? [];
  return extents.filter(({ device, offset, length: own }) => device !== '' && offset >= 0 && own > 0);
}
