import { expect, it } from 'vitest';
import { guestLimits } from '../../../agent/measure/guest-limits.ts';

const sceneOf = (busy: number, idle: number, stalledUs: number, hits: number) => {
  const files = new Map([
    ['/proc/stat', `cpu  9 0 0 9 0 0 0 0 0 0\ncpu0 1 0 0 ${idle} 0 0 0 0 0 0\ncpu1 ${busy} 0 0 ${idle} 0 0 0 0 0 0\n`],
    ['/cg/guests/g1/cpuset.cpus', '1\n'],
    ['/cg/guests/g1/memory.max', 'max\n'],
    ['/cg/guests/g2/cpuset.cpus', '\n'],
    ['/cg/guests/g2/memory.max', '67108864\n'],
    ['/cg/guests/g2/memory.pressure', `some avg10=0.00 avg60=0.00 avg300=0.00 total=${stalledUs}\n`],
    ['/cg/guests/g2/memory.events', `low 0\nhigh 0\nmax ${hits}\noom 0\noom_kill 0\n`],
  ]);
  const list = () => Promise.resolve(['g1', 'g2', 'g3']);
  return { cgroup: '/cg', host: { read: (path: string) => Promise.resolve(files.get(path)), list } };
};

it('says how full the CPUs of a cpuset were, and how long a guest waited at its own memory limit', async () => {
  const from = await guestLimits.read(sceneOf(100, 100, 5_000, 1));
  const to = await guestLimits.read(sceneOf(190, 110, 305_000, 9));
  expect(from && to && guestLimits.between(from, to, 1000)).toEqual({
    g1CpusetBusyPercent: 90,
    g2MemoryStallPercent: 30,
  });
});

it('puts no stall down to a limit that was not hit', async () => {
  const from = await guestLimits.read(sceneOf(100, 100, 5_000, 1));
  const to = await guestLimits.read(sceneOf(190, 110, 305_000, 1));
  expect(from && to && guestLimits.between(from, to, 1000)['g2MemoryStallPercent']).toBe(0);
});

it('says nothing where no guest is confined', async () => {
  const list = () => Promise.resolve(['g1']);
  expect(
    await guestLimits.read({ cgroup: '/cg', host: { read: () => Promise.resolve(undefined), list } }),
  ).toBeUndefined();
});
