import { describe, expect, it } from 'vitest';
import { between, look } from '../../../agent/cli/observe.ts';
import { fakeTree, type Tree } from '../../support/fake-tree.ts';

const back = '/local/domain/0/backend/vbd/7/51712';
const tree = (requests: number, out: number, stat: string, state = '4'): Tree => ({
  [`xenstore:${back}/frontend`]: '/local/domain/7/device/vbd/51712',
  [`xenstore:${back}/state`]: state,
  [`xenstore:${back}/dev`]: 'xvda',
  '/sys/bus/xen-backend/devices/vbd-7-51712/statistics/rd_req': `${requests}\n`,
  '/sys/bus/xen-backend/devices/vbd-7-51712/statistics/oo_req': `${out}\n`,
  '/sys/bus/xen-backend/devices/vbd-7-51712/physical_device': 'fe:1\n',
  '/sys/dev/block/254:1/stat': stat,
});

describe('two looks at a vbd', () => {
  it('give rates, what was in flight on average, and the latency of the device beneath', async () => {
    // 1000 reads of 10 ms each in two seconds: five in flight.
    const from = await look(fakeTree(tree(500, 3, '100 0 0 50 0 0 0 0 0 0 1000 0 0 0 0')), 1_000);
    const to = await look(fakeTree(tree(1500, 23, '1100 0 0 10050 0 0 0 0 0 0 11000 0 0 0 0')), 3_000);
    expect(between(from, to)).toMatchObject([
      {
        ...{ device: '254:1', iosPerSecond: 500, outOfRequestsPerSecond: 10, inFlight: 5, latencyNs: 10e6 },
        vbd: { name: 'xvda of domain 7', order: 0, rings: 1 },
      },
    ]);
  });

  it('leave out one that is not connected, and one that came in between', async () => {
    const absent = await look(fakeTree(tree(0, 0, '', '2')), 0);
    expect(absent.vbds.size).toBe(0);
    expect(between(absent, await look(fakeTree(tree(1, 1, '')), 1_000))).toEqual([]);
  });
});
