// Reading the knobs of a tree of files.

import { expect } from 'vitest';
import type { Knob } from '../../agent/knobs/knob.ts';
import { readKnobs } from '../../agent/knobs/registry.ts';
import { fakeTree, type Tree } from './fake-tree.ts';

/** All of them; none of the sources may fail. */
export async function knobsOf(files: Tree): Promise<readonly Knob[]> {
  const { knobs, failed } = await readKnobs(fakeTree(files));
  expect(failed).toEqual([]);
  return knobs;
}

/** The only knob with this id, at this device if one is given. */
export async function knobOf(files: Tree, id: string, device?: string): Promise<Knob> {
  const found = (await knobsOf(files)).filter((knob) => knob.id === id && knob.device === device);
  expect(found).toHaveLength(1);
  return found[0] as Knob;
}
