import * as z from 'zod';
import type { Need } from '../../host/needs/needs.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { wholeNumber } from '../../profile/settings.ts';
import { keepOthersAwayFrom } from '../keep-away.ts';
import { nbdPort, pathAddresses } from '../names.ts';
import { defineProvider, type Lane, type Site } from '../provider.ts';
import { storageDaemonNeed } from '../storage-daemon.ts';
import {
  isShape,
  namespaceMarks,
  namespaceNeeds,
  raisePath,
  shapeSettings,
  vethMarks,
  vethNeeds,
} from './veth-path.ts';

const needs: readonly Need[] = [
  { kind: 'native' },
  ...namespaceNeeds,
  { kind: 'module', name: 'nbd', forWhat: 'the NBD client' },
  storageDaemonNeed,
];

/**
 * NBD between two namespaces of our own: the kernel's client, and qemu-storage-daemon as the server. The kernel gives each
 * connection 128 requests; the server takes 16 of each connection at a time (QEMU, nbd/server.c, MAX_NBD_REQUESTS).
 */
export const nbdNetns = defineProvider({
  layer: 'network',
  name: 'nbd-netns',
  roles: ['deployed'],
  about: 'NBD to qemu-storage-daemon in a network namespace over veth, shaped by netem; 16 requests a connection',
  marks: [...namespaceMarks, ...vethMarks],
  settings: z
    .strictObject({
      ...shapeSettings,
      connections: wholeNumber(1, 16)
        .default(1)
        .describe('connections to the server; a CPU uses one of them (nbd-client -C)'),
    })
    .refine(...isShape),
  configure: ({ connections, ...shape }) => ({
    needs: [...needs, ...vethNeeds(shape)],
    lanes: 'one',
    raise: async (site) => {
      const ends = await raisePath(site, shape);
      await raiseServer(site, ends.target, connections);
      return connect(site, ends.initiator, connections);
    },
  }),
});

const exportName = 'disk';

async function raiseServer({ host, names, under }: Site, netns: string, connections: number): Promise<void> {
  const why = 'the NBD server';
  const cgroup = `${names.cgroup}/nbd`;
  await host.apply({ kind: 'cgroup', path: cgroup, why });
  const ready = `${stateFolder}/${names.run}/nbd.pid`;
  const blockdev = `host_device,node-name=disk,filename=${under[0]?.device ?? ''},cache.direct=on,aio=native`;
  const listen = `addr.type=inet,addr.host=${pathAddresses.target},addr.port=${nbdPort},max-connections=${connections}`;
  await host.spawn({
    kind: 'spawn',
    survives: true,
    name: 'qemu-storage-daemon of NBD',
    argv: [
      ...['nsenter', `--net=/run/netns/${netns}`, 'qemu-storage-daemon', '--blockdev', blockdev],
      ...['--nbd-server', listen, '--export', `nbd,id=path,node-name=disk,name=${exportName},writable=on`],
      // Written once it listens.
      ...['--pidfile', ready],
    ],
    cgroup,
    why,
  });
  await host.find({ path: ready });
}

async function connect(site: Site, netns: string, connections: number): Promise<readonly Lane[]> {
  const { host, names, geometry, under } = site;
  const why = 'the path to the NBD server';
  // One is enough, and nobody is to look for partitions on it. Where the module is there already, its devices are shared.
  await host.apply({ kind: 'module', name: 'nbd', params: { nbds_max: '1', max_part: '0' }, why: 'the NBD client' });
  const index = await freeIndex(site);
  await keepOthersAwayFrom(host, names, { part: 'nbd', kernelNames: [`nbd${index}`, `nbd${index}p*`] });
  await host.apply({
    kind: 'nbd-connect',
    index,
    backend: names.object('nbd'),
    netns,
    address: pathAddresses.target,
    port: nbdPort,
    export: exportName,
    connections,
    blockBytes: geometry.blockBytes,
    why,
  });
  const device = await host.find({ path: `/dev/nbd${index}` });
  return [{ device, sectors: under[0]?.sectors ?? 0 }];
}

/** The lowest number that has no server: one that is connected has the number of its client's process in sysfs. */
async function freeIndex({ host }: Site): Promise<number> {
  for (let index = 0; ; index++) if ((await host.read(`/sys/block/nbd${index}/pid`)) === undefined) return index;
}
