import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import type { Need } from '../../host/needs/needs.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { type Domain, mostRingPageOrder, ringSlots, ringThreadsOf, vbdIdOf } from '../../lib/xen.ts';
import { sectorBytes } from '../../lib/units.ts';
import { bytes, wholeNumber } from '../../profile/settings.ts';
import { nullBlkNeeds, raiseNullBlk, wideDepth, nullBlkMarks } from '../media/null-blk-device.ts';
import { defineProvider, type Lane, type Site } from '../provider.ts';
import { mustBeAsAsked } from './agreed.ts';
import { bootTogether, domainConfig } from './xen-domain.ts';

const mebibyte = 2 ** 20;

const settings = z.strictObject({
  /** The frontend's order, in the domain's own kernel. */
  ringPageOrder: wholeNumber(0, mostRingPageOrder).default(0).describe('pages of each ring, as a power of two'),
  /** blkfront makes at most one for each virtual CPU. */
  queues: wholeNumber(1, 16).default(1).describe('rings of each guest, and its virtual CPUs'),
  persistentGrants: z.boolean().optional().describe('grants stay mapped, at the price of a copy'),
  memory: bytes({ min: 128 * mebibyte, max: 64 * 2 ** 30 })
    .default(192 * mebibyte)
    .describe('memory of each domain'),
});
type Settings = z.output<typeof settings>;

const why = 'guests that are domains of their own';
/** The disks of a domain: the lane that is measured, and fio with what it needs. */
const [measured, programs] = ['xvda', 'xvdb'];
const programsBytes = 192 * mebibyte;

/** A guest is a small paravirtual domain with its own kernel; its ring ends in domain 0, on the lane beneath. */
export const xenDomU = defineProvider({
  layer: 'ring',
  name: 'xen-domu',
  roles: ['deployed'],
  about: "Xen's block ring between a domain of its own for each guest and domain 0",
  marks: nullBlkMarks,
  guest: 'domU',
  instead: 'xen-vbd',
  settings,
  configure: (wanted) => ({
    needs: needsOf(wanted),
    lanes: 'per-guest',
    holds: wanted.queues * ringSlots(wanted.ringPageOrder),
    // The disk that is measured, and the one that fio is on.
    xenRing: { order: wanted.ringPageOrder, queues: wanted.queues, frontend: 'each domain', devices: 2 },
    raise: (site) => raise(site, wanted),
  }),
});

function needsOf({ memory, ringPageOrder, queues, persistentGrants }: Settings): readonly Need[] {
  return [
    { kind: 'xen-dom0' },
    { kind: 'tool', name: 'xl', debianPackage: 'xen-utils' },
    { kind: 'tool', name: 'mke2fs', debianPackage: 'e2fsprogs' },
    { kind: 'tool', name: 'busybox', debianPackage: 'busybox-static' },
    { kind: 'tool', name: 'cpio', debianPackage: 'cpio' },
    { kind: 'module', name: 'xen_blkback', forWhat: "the host's end of Xen's ring" },
    { kind: 'xen-ring-order', order: ringPageOrder, ends: 'back' },
    { kind: 'xen-ring-queues', queues, ends: 'back' },
    ...(persistentGrants === true ? [{ kind: 'xen-persistent-grants' } as const] : []),
    { kind: 'xenconsoled' },
    { kind: 'xen-kernel' },
    { kind: 'xen-memory', bytes: memory, count: 1, of: 'xen-domu' },
    ...nullBlkNeeds,
  ];
}

async function raise(site: Site, wanted: Settings): Promise<readonly Lane[]> {
  const { host, names, under } = site;
  await host.apply({ kind: 'module', name: 'xen_blkback', why: "the host's end of Xen's ring" });
  const folder = `${stateFolder}/${names.run}/domains`;
  const guests = under.map((lane, i) => ({ lane, number: i + 1, name: names.object(`g${i + 1}`) }));
  const frontend = frontendParameters(wanted);
  const configs = await Promise.all(
    guests.map(({ name }) => domainConfig(host, { name, folder, frontend, ...wanted })),
  );
  await host.apply({
    kind: 'xen-files',
    path: folder,
    modules: [
      { name: 'xen-blkfront', params: frontend.join(' ') },
      { name: 'ext4', params: '' },
      // Which ext4 asks for only when it mounts; newer kernels have it built in, under another name.
      { name: 'crc32c_generic', params: '', optional: true },
    ],
    configs: Object.fromEntries(guests.map(({ name }, i) => [`${name}.cfg`, configs[i] ?? ''])),
    why,
  });
  const disk = await raisePrograms(site, folder);
  const domains: Domain[] = [];
  for (const { lane, number, name } of guests) {
    const created = await host.apply({
      kind: 'xen-domain',
      name,
      config: `${folder}/${name}.cfg`,
      why: `guest ${number}`,
    });
    const domain = { name, id: Number(created) };
    await attach(host, { ...domain, mark: names.object(`v${number}`), path: lane.device, disk: measured });
    await attach(host, { ...domain, mark: names.object(`p${number}`), path: disk, disk: programs });
    domains.push(domain);
  }
  await bootTogether(host, domains);
  for (const { name, id: domain } of domains) {
    const vbd = { name: `the ring of ${name}`, id: vbdIdOf(measured) ?? 0, domain };
    await host.whenMade(() => mustBeAsAsked(host, vbd, wanted));
  }
  return guests.map(({ lane }, i) => {
    const domain = domains[i] ?? { name: '', id: 0 };
    return { ...lane, domain, ringThreads: ringThreadsOf(domain.id, measured) };
  });
}

/** In the domain's own kernel, whose default is to let grants stay mapped where the backend does. */
function frontendParameters({ ringPageOrder, queues, persistentGrants }: Settings): readonly string[] {
  return [
    ...[`max_ring_page_order=${ringPageOrder}`, `max_queues=${queues}`],
    ...(persistentGrants === undefined ? [] : [`feature_persistent=${persistentGrants ? 'Y' : 'N'}`]),
  ];
}

/** A small disk in memory that every domain reads. */
async function raisePrograms(site: Site, folder: string): Promise<string> {
  const shape = { part: 'programs', latencyNs: 0, depth: wideDepth, queues: 1, memory: true };
  const geometry = { sectors: programsBytes / sectorBytes, blockBytes: 512 };
  const [lane] = await raiseNullBlk({ ...site, geometry }, { ...shape, why: 'the disk that guests run fio from' });
  const device = lane?.device ?? '';
  const plain = ['-q', '-t', 'ext4', '-O', '^has_journal,^metadata_csum', '-m', '0'];
  await site.host.apply({
    kind: 'exec',
    argv: ['mke2fs', ...plain, '-d', `${folder}/tree`, device],
    witness: { parent: device },
    slow: true,
    why: 'fio and its libraries, for the guests',
  });
  return device;
}

async function attach(
  host: Host,
  vbd: Domain & { readonly mark: string; readonly path: string; readonly disk: string },
): Promise<void> {
  const { name, id, mark, path, disk } = vbd;
  const domain = { name, id };
  const of = { kind: 'xen-vbd', domain, name: disk, id: vbdIdOf(disk) ?? 0, path, mark } as const;
  await host.apply({
    ...of,
    ...(disk === programs ? { readOnly: true } : {}),
    why: `a disk of the domain ${name}`,
  });
}
