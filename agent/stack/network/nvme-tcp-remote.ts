import * as z from 'zod';
import { deviceName } from '../../host/formats/device-name.ts';
import type { Claim } from '../../host/guard/device-guard.ts';
import { HostError } from '../../lib/errors.ts';
import { renderBytes, sectorBytes } from '../../lib/units.ts';
import { bytes, plainText, wholeNumber } from '../../profile/settings.ts';
import { guardNeeds, raiseGuard } from '../guard.ts';
import { defineProvider, type Site } from '../provider.ts';
import { connect } from './nvmet-target.ts';

/** NVMe/TCP to a target that exists already, reads only. Its media cannot be switched: it is part of what this layer is. */
export const nvmeTcpRemote = defineProvider({
  layer: 'network',
  name: 'nvme-tcp-remote',
  roles: ['deployed'],
  about: 'NVMe/TCP to an existing target, with the media behind it',
  settings: z.strictObject({
    address: plainText('an IP address or host name')
      .regex(/^[\w.:-]+$/, 'expected an IP address or host name')
      .describe('IP address or host name of the target'),
    port: wholeNumber(1, 65_535).default(4420).describe('port of the target'),
    nqn: plainText('the NQN of the subsystem')
      .regex(/^nqn\.[\w.:-]+$/, 'expected an NQN, such as nqn.2014-08.org.example:disk')
      .describe('NQN of the subsystem, which must allow any host'),
    size: bytes({ min: 2 ** 24 }).describe('how much of it to use; it must offer at least this'),
    /** The stub gets the same. */
    blockSize: z
      .union([z.literal(512), z.literal(4096)])
      .default(512)
      .describe('its logical block size, bytes'),
    queues: wholeNumber(1, 128).default(1).describe('I/O queues of the initiator'),
    queueSize: wholeNumber(16, 1024).default(128).describe('entries of each queue'),
  }),
  covers: ['media'],
  reads: 'only',
  example: { address: 'localhost', nqn: 'nqn.example', size: '1GiB' },
  configure: ({ address, port, nqn, size, blockSize, queues, queueSize }) => ({
    needs: [{ kind: 'module', name: 'nvme_tcp', forWhat: 'the NVMe/TCP initiator' }, ...guardNeeds],
    medium: { kind: 'measures', bytes: size, blockBytes: blockSize },
    lanes: 'one',
    raise: async (site) => {
      const [lane] = await connect(site, { part: 'remote', address, port, nqn, label: 'remote', queues, queueSize });
      if (lane === undefined) return [];
      const claim = await site.host.whenMade(async () => {
        await mustFit(site, lane.device, { size, blockSize });
        return claimOf(site, lane.device);
      });
      return raiseGuard(site, lane, claim);
    },
  }),
});

/** The namespace may have come up as one more path to a disk that this host uses already. */
async function claimOf({ host }: Site, path: string): Promise<Claim> {
  const name = deviceName(path);
  const own = async (file: string): Promise<string> =>
    ((await host.read(`/sys/class/block/${name}/${file}`)) ?? '').trim();
  return { path, name, number: await own('dev'), sectors: Number(await own('size')) };
}

/** Throws HostError when the namespace is smaller than the profile says, or has other blocks. */
async function mustFit({ host }: Site, device: string, wanted: { size: number; blockSize: number }): Promise<void> {
  const sysfs = `/sys/block/${deviceName(device)}`;
  const found = Number((await host.read(`${sysfs}/size`)) ?? 0) * sectorBytes;
  const block = Number((await host.read(`${sysfs}/queue/logical_block_size`)) ?? 0);
  if (found < wanted.size) {
    throw new HostError(
      `the remote namespace has ${renderBytes(found)}`,
      `the profile asks for ${renderBytes(wanted.size)}: set size to what it has`,
    );
  }
  if (block !== wanted.blockSize) {
    throw new HostError(`the remote namespace has blocks of ${block} bytes`, `set blockSize: ${block} in the profile`);
  }
}
