import { describe, expect, it } from 'vitest';
import { vbdsBetween, look } from '../../../agent/cli/handlers/observe-xen.ts';
import { otherDiskBackends } from '../../../agent/knobs/xen.ts';
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
    expect(vbdsBetween(from, to)).toMatchObject([
      {
        ...{ device: '254:1', sharing: 1, iosPerSecond: 500, outOfRequestsPerSecond: 10, inFlight: 5, latencyNs: 10e6 },
        vbd: { name: 'xvda of domain 7', order: 0, rings: 1 },
      },
    ]);
  });

  it('leave out one that is not connected, and one that came in between', async () => {
    const absent = await look(fakeTree(tree(0, 0, '', '2')), 0);
    expect(absent.vbds.size).toBe(0);
    expect(absent.unconnected).toEqual([{ name: 'xvda of domain 7', state: '2' }]);
    expect(vbdsBetween(absent, await look(fakeTree(tree(1, 1, '')), 1_000))).toEqual([]);
  });

  it('say how many have a device in common', async () => {
    const second = Object.entries(tree(1, 1, '')).map(([path, value]) => [path.replaceAll('51712', '51728'), value]);
    const files = { ...tree(1, 1, ''), ...(Object.fromEntries(second) as Tree) };
    const seen = vbdsBetween(await look(fakeTree(files), 0), await look(fakeTree(files), 1_000));
    expect(seen.map(({ sharing }) => sharing)).toEqual([2, 2]);
  });

  it('read hundreds of vbds without asking for all of them at once', async () => {
    const files = Object.assign(
      {},
      ...Array.from({ length: 300 }, (_, domain) =>
        Object.fromEntries(
          Object.entries(tree(1, 1, '')).map(([path, value]) => [
            path.replace('/vbd/7/', `/vbd/${domain}/`).replace('vbd-7-', `vbd-${domain}-`),
            value,
          ]),
        ),
      ),
    ) as Tree;
    const whole = fakeTree(files);
    let [now, most] = [0, 0];
    const read = async (path: string): Promise<string | undefined> => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return whole.read(path);
    };
    expect((await look({ ...whole, read })).vbds.size).toBe(300);
    expect(most).toBeLessThanOrEqual(4 * 32);
  });
});

it('disks of other backends are counted, and what is no disk is not', async () => {
  const at = (name: string, domain: number, id: number, of = 'vbd'): Tree => ({
    [`xenstore:/local/domain/0/backend/${name}/${domain}/${id}/frontend`]: `/local/domain/${domain}/device/${of}/${id}`,
  });
  const files = {
    ...{ ...at('vbd', 7, 51712), ...at('qdisk', 7, 51728), ...at('qdisk', 8, 51712) },
    ...{ ...at('vbd3', 9, 51712), ...at('vif', 7, 0, 'vif'), ...at('console', 7, 0, 'console') },
  };
  expect(await otherDiskBackends(fakeTree(files))).toEqual([
    { name: 'qdisk', disks: 2 },
    { name: 'vbd3', disks: 1 },
  ]);
});
