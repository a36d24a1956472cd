import { describe, expect, it } from 'vitest';
import { dryHost } from '../../../agent/host/dry.ts';
import { renderStep } from '../../../agent/host/step.ts';
import { ioMaxLine, raiseGuest } from '../../../agent/load/guest.ts';
import type { GuestLimits } from '../../../agent/profile/profile.ts';

const place = { number: 1, cgroup: '/c/g1', deviceNumber: '253:7', jobFile: '/j', job: '', readOnly: true };

describe('the limits of a guest', () => {
  it.each<[GuestLimits, readonly string[]]>([
    [{}, ['mkdir /c/g1']],
    [
      { cpuset: '0-1', cpuMax: '50000 100000', memoryMax: 2 ** 26, ioMax: { riops: 100, wbps: 2 ** 20 } },
      [
        'mkdir /c/g1',
        'echo 0-1 > /c/g1/cpuset.cpus',
        "echo '50000 100000' > /c/g1/cpu.max",
        'echo 67108864 > /c/g1/memory.max',
        "echo '253:7 riops=100 wbps=1048576' > /c/g1/io.max",
      ],
    ],
  ])('%j are set in its own cgroup', async (limits, lines) => {
    const host = dryHost();
    await raiseGuest(host, { ...place, limits });
    expect(host.steps.map((step) => renderStep(step).act)).toEqual(lines);
  });

  it('of I/O are no line where there are none', () => {
    expect(ioMaxLine({ limits: { ioMax: {} }, deviceNumber: '253:7' })).toBeUndefined();
    expect(ioMaxLine({ limits: { ioMax: { rbps: undefined } }, deviceNumber: '253:7' })).toBeUndefined();
  });
});
