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
  voided: [{ kind: 'throttled', percent: 40 }],
};
const late: SliceRecord = { ...first, voided: [{ kind: 'starved-agent', lateMs: 1100 }] };

describe('what a run says of its load', () => {
  it('counts void slices and gives each reason once, whatever its figures', () => {
    const slices = [...rest, late, { ...late, voided: [{ kind: 'starved-agent' as const, lateMs: 1200 }] }, heldBack];
    expect(loadFactsOf(slices, plan).void).toEqual({
      ...{ count: 3, of: rest.length + 3, tooMany: true, byCpuMax: false },
      reasons: [
        { kind: 'starved-agent', lateMs: 1200 },
        { kind: 'throttled', percent: 40 },
      ],
    });
  });

  it('keeps the figures of slices that count, and of those that do not for cpu.max alone', () => {
    const { slices, void: found } = loadFactsOf([...rest, heldBack], plan);
    expect(slices).toHaveLength(rest.length + 1);
    expect(slices.at(-1)).toMatchObject({
      ...{ arm: heldBack.arm, hostBusyPercent: 70, idlestGuestPercent: 60, throttledPercent: 40 },
    });
    expect(found.byCpuMax).toBe(true);
    const moved = [...(heldBack.voided ?? []), { kind: 'moved-host' as const, driftMs: 5000 }];
    const both = loadFactsOf([...rest, { ...heldBack, voided: moved }, late], plan);
    expect(both.slices).toHaveLength(rest.length);
    expect(both.void.byCpuMax).toBe(false);
  });

  it('knows one thread a guest only from a load of its own making', () => {
    const job = { ...plan, profile: { ...plan.profile, workload: { job: 'mine.fio' } } };
    expect(loadFactsOf(rest, plan).oneThread).toBe(true);
    expect(loadFactsOf(rest, job).oneThread).toBe(false);
  });
});
