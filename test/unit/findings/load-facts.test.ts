import { describe, expect, it } from 'vitest';
import { loadFactsOf } from '../../../agent/findings/load-facts.ts';
import type { SliceRecord } from '../../../agent/records/slice.ts';
import { planOf, slicesOf } from '../../support/documents.ts';

const plan = planOf(['media', 'network']);
const [first, ...rest] = slicesOf({ layers: ['media', 'network'], goodput: () => 1000, wobble: 0, blocks: 2 });
if (!first) throw new Error('no slices');
const heldBack: SliceRecord = {
  ...first,
  measurements: { guests: { throttledPercent: 40, idlestGuestPercent: 60 }, cpu: { busyPercent: 70 } },
  voided: 'a guest was held back by its cpu.max for 40 % of the time',
};
const late: SliceRecord = { ...first, voided: 'a snapshot came after 11 s' };

describe('what a run says of its load', () => {
  it('counts void slices and gives each reason once, whatever its figures', () => {
    const slices = [...rest, late, { ...late, voided: 'a snapshot came after 12 s' }, heldBack];
    expect(loadFactsOf(slices, plan).void).toEqual({
      ...{ count: 3, of: rest.length + 3, tooMany: true, byCpuMax: false },
      reasons: ['a snapshot came after 12 s', heldBack.voided],
    });
  });

  it('keeps the figures of slices that count, and of those that do not for cpu.max alone', () => {
    const { slices, void: found } = loadFactsOf([...rest, heldBack], plan);
    expect(slices).toHaveLength(rest.length + 1);
    expect(slices.at(-1)).toMatchObject({
      ...{ arm: heldBack.arm, hostBusyPercent: 70, idlestGuestPercent: 60, throttledPercent: 40 },
    });
    expect(found.byCpuMax).toBe(true);
    const moved = { ...heldBack.measurements, clock: { driftMs: 5000 } };
    const both = loadFactsOf([...rest, { ...heldBack, measurements: moved }, late], plan);
    expect(both.slices).toHaveLength(rest.length);
    expect(both.void.byCpuMax).toBe(false);
  });

  it('knows one thread a guest only from a load of its own making', () => {
    const job = { ...plan, profile: { ...plan.profile, workload: { job: 'mine.fio' } } };
    expect(loadFactsOf(rest, plan).oneThread).toBe(true);
    expect(loadFactsOf(rest, job).oneThread).toBe(false);
  });
});
