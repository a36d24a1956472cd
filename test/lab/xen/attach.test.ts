// How long an attach of Xen's own ring takes in domain 0, in a run whose guests verify what they read.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inLab, kernelFaults, type LabResult } from '../../support/lab.ts';

describe('in domain 0 of Xen', () => {
  let lab: LabResult;
  beforeAll(async () => {
    lab = await inLab(
      `
inventory before
layerlift run test/fixtures/profiles/ring-xen-vbd.yaml --verbose --runs "$LAB_OUT/verified" -q >/dev/null 2>"$LAB_OUT/verified.err"; echo $? >"$LAB_OUT/verified.rc"
inventory verified.after; diff "$LAB_OUT/before" "$LAB_OUT/verified.after" >"$LAB_OUT/verified.diff"
cp "$LAB_OUT"/verified/*/log.ndjson "$LAB_OUT/log"`,
      { xen: true },
    );
  });
  afterAll(() => lab.dispose());

  test('the ring carries verified writes while it is switched, without persistent grants, and leaves nothing', () => {
    expect(lab.status, lab.stderr).toBe(0);
    // A verdict needs more slices than this short run has: what counts is that every I/O verified.
    expect(['0', '20'], lab.file('verified.err')).toContain(lab.file('verified.rc').trim());
    expect(lab.file('verified.diff')).toBe('');
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
  });

  // Above fast media: the kernel reads a disk's partition table before it is there.
  test('an attach takes no more than a second', () => {
    const lines = lab.file('log').split('\n').filter(Boolean);
    const entries = lines.map((line) => JSON.parse(line) as { time: string; line?: string });
    const took = entries.flatMap(({ time, line }, i) =>
      line?.startsWith('xl block-attach') ? [Date.parse(entries[i + 1]?.time ?? '') - Date.parse(time)] : [],
    );
    expect(took).toHaveLength(2);
    // The quicker one: a host that is busy with something else delays a single one.
    expect(Math.min(...took)).toBeLessThan(1000);
  });
});
