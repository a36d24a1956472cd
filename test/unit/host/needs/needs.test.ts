import { describe, expect, it } from 'vitest';
import { checkNeeds, type Need, renderNeed } from '../../../../agent/host/needs/needs.ts';
import { commonNeeds } from '../../../../agent/plan/stack-plan.ts';

describe('a need', () => {
  it.each<[Need, string]>([
    [{ kind: 'root' }, 'root'],
    [{ kind: 'tool', name: 'fio', debianPackage: 'fio' }, 'program fio'],
    [{ kind: 'module', name: 'dm_mod', forWhat: 'junctions' }, 'kernel module dm_mod (junctions)'],
    [{ kind: 'configfs' }, 'configfs at /sys/kernel/config'],
    [{ kind: 'cgroup2', controllers: ['cpu', 'io'] }, 'cgroup v2 with cpu, io'],
    [
      { kind: 'module-absent', name: 'brd', forWhat: 'the media stub' },
      'kernel module brd not loaded yet (the media stub)',
    ],
  ])('%j reads as %s', (need, text) => {
    expect(renderNeed(need)).toBe(text);
  });

  it('is checked once, however many ask for it, and in the order of asking', async () => {
    const tool = { kind: 'tool', name: 'sh', debianPackage: 'dash' } as const;
    const other = { kind: 'tool', name: 'no-such-program-anywhere', debianPackage: 'nothing' } as const;
    expect(await checkNeeds([other, tool, { ...other }])).toEqual([
      {
        need: other,
        problem: { message: 'program no-such-program-anywhere is not installed', hint: 'apt-get install nothing' },
      },
      { need: tool, problem: undefined },
    ]);
  });

  it('of every run is known without a profile', () => {
    expect(commonNeeds.map(({ kind }) => kind)).toContain('root');
    expect(commonNeeds.map(renderNeed)).toContain('program fio');
  });
});
