// A provider is known by its facts: its name stands in its own file, and nowhere else.

import { expect, it } from 'vitest';
import { guestKinds } from '../../../agent/lib/guest.ts';
import { providers } from '../../../agent/stack/registry.ts';
import { readSources } from '../../support/source-tree.ts';

const own = /^stack\/(media|network|blockstack|ring)\/|^stack\/registry\.ts$/;
/** Writes profiles of hosts that it has looked at: it names what it asks for, and asks nobody for a name. */
const author = /^discover\/clone\//;
const elsewhere = readSources().filter(({ path }) => !own.test(path) && !author.test(path));

/** The name of a provider as a literal that a name of a provider is compared with, or looked up by. */
function comparisonsWith(name: string): RegExp {
  const literal = `['"\`]${name}['"\`]`;
  return new RegExp(
    `provider(\\.name)?\\)?\\s*[!=]==?\\s*${literal}|provider:\\s*${literal}|${literal}\\s*[!=]==?|findProvider\\([^)]*${literal}`,
  );
}

it.each(providers.map(({ name }) => name))('%s is not told apart by its name outside its file', (name) => {
  expect(elsewhere.filter(({ text }) => comparisonsWith(name).test(text)).map(({ path }) => path)).toEqual([]);
});

// Those that are also a word of the kernel's, as a driver or a kind of step, are caught where they are compared.
const kernelWords = new Set([
  'model',
  'device',
  'null_blk',
  'brd',
  'dm',
  'linear',
  'crypt',
  'thin',
  'cache',
  'writecache',
  'md',
  'multipath',
  'striped',
  'delay',
  'vduse',
  'xen-vbd',
  'loop',
  'direct',
  'remote',
]);
it.each(providers.map(({ name }) => name).filter((name) => !kernelWords.has(name)))(
  '%s is named in no other file',
  (name) => {
    expect(elsewhere.filter(({ text }) => text.includes(name)).map(({ path }) => path)).toEqual([]);
  },
);

it('kinds of guest are told apart by their facts', () => {
  const literal = new RegExp(`guest\\w*\\s*[!=]==?\\s*'(${guestKinds.join('|')})'|'domU'`);
  const judged = elsewhere.filter(({ path, text }) => path !== 'lib/guest.ts' && literal.test(text));
  expect(judged.map(({ path }) => path)).toEqual([]);
});

it('finds what it looks for', () => {
  expect(comparisonsWith('device').test("media?.deployed.provider === 'device'")).toBe(true);
  expect(comparisonsWith('device').test("scope: 'device'")).toBe(false);
});
