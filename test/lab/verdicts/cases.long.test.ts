// Every case on a real kernel: what is planted in it is found, within five minutes of measuring, and the host is as found.

import { describe, expect, it } from 'vitest';
import { listCases } from '../../../agent/cli/handlers/case.ts';
import { caseResultSchema } from '../../../agent/report/case/result.ts';
import { inLab, kernelFaults } from '../../support/lab.ts';
import { bootOf, machineFor } from '../../support/provider-cases.ts';

const cases = listCases('profiles/cases').map(({ name, providers }) => [name, machineFor(providers)] as const);

describe('a case', () => {
  it.each(cases)('%s is right, on the machine %s', async (name, machine) => {
    const script = `
preload; inventory before
layerlift case ${name} --seed 1 -q --format json --runs /tmp/runs >"$LAB_OUT/result"; status=$?
inventory after; same before after; exit $status`;
    const lab = await inLab(script, bootOf[machine]);
    const result = caseResultSchema.parse(JSON.parse(lab.file('result') || `"${lab.stderr}"`));
    expect(result, result.sentence).toMatchObject({ outcome: 'right' });
    expect(result.minutesMeasured).toBeLessThanOrEqual(5);
    expect(lab.status, lab.stderr).toBe(0);
    expect(kernelFaults(lab.file('dmesg'))).toEqual([]);
    lab.dispose();
  });
});
