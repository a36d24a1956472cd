import { describe, expect, it } from 'vitest';
import { blockProblems, cpuProblems } from '../../../agent/run/fit.ts';
import { parseCpuList } from '../../../agent/lib/cpus.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, sections } from '../../support/dry-stack.ts';

function problemsWith(cpuset: string): readonly string[] {
  const text = profileOf([sections.media], 2).replace('guests: 2', `guests: { count: 2, cpuset: "${cpuset}" }`);
  return cpuProblems(decodeProfile(text, 'p.yaml'), parseCpuList('0-3,8\n')).map(({ message }) => message);
}

describe('CPUs of the guests', () => {
  it.each(['0', '0-3', '8', '1,2-3,8'])('%s are all there', (cpuset) => {
    expect(problemsWith(cpuset)).toEqual([]);
  });

  it.each([
    ['4', 4],
    ['0-99999', 4],
    ['3,8-9', 9],
  ])('of %s, %i is missing, and is named once for all guests', (cpuset, cpu) => {
    expect(problemsWith(cpuset)).toEqual([`guests.cpuset: "${cpuset}": this host has no CPU ${cpu} online`]);
  });
});

describe('the size of an I/O', () => {
  const problemsOf = (bs: string): number =>
    blockProblems([{ name: 'a', options: [['bs', bs]] }], { sectors: 8, blockBytes: 4096 }).length;

  it.each(['4096', '8k', '4k,8k,12k', '1%', '', '4k-'])('%j is left alone', (bs) => {
    expect(problemsOf(bs)).toBe(0);
  });

  it.each(['512', '4k,6k', '0', '4097'])('%j is not in whole blocks of the media', (bs) => {
    expect(problemsOf(bs)).toBe(1);
  });
});
