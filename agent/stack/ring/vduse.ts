import type { Need } from '../../host/needs/needs.ts';
import { stateFolder } from '../../lib/state-folder.ts';
import { sectorBytes } from '../../lib/units.ts';
import { type Configured, defineProvider, type Lane, type Site } from '../provider.ts';
import { loadVduse, raiseRing, vduseMarks, vduseNeeds } from './vduse-ring.ts';
import { daemonArguments, diskBackend, imageArguments } from './vmm-arguments.ts';
import { isBuffered, usesIoUring, vmmSettings, type VmmSettings } from './vmm-settings.ts';

/** A true virtio ring for each guest: virtio-blk on a vDPA device that qemu-storage-daemon serves through VDUSE. */
export const vduse = defineProvider({
  layer: 'ring',
  name: 'vduse',
  roles: ['deployed'],
  about: 'a virtio ring (VDUSE): virtio-blk served by qemu-storage-daemon',
  marks: vduseMarks,
  settings: vmmSettings,
  configure: (settings) => ({
    needs: needsOf(settings),
    lanes: 'per-guest',
    ...apartOf(settings),
    raise: async (site) => {
      await loadVduse(site);
      const disks: Lane[] = [];
      for (const [i, lane] of site.under.entries())
        disks.push(await raiseDisk(site, lane, { number: i + 1, settings }));
      return disks;
    },
  }),
});

function needsOf(settings: VmmSettings): readonly Need[] {
  return [
    ...vduseNeeds,
    ...(settings.format === 'qcow2' ? [{ kind: 'tool', name: 'qemu-img', debianPackage: 'qemu-utils' } as const] : []),
    ...(usesIoUring(settings) ? [{ kind: 'io-uring' } as const] : []),
  ];
}

/** The way past the ring leads to the same bytes only where nothing is kept above them. */
function apartOf(settings: VmmSettings): Pick<Configured, 'apart'> {
  if (settings.preallocation === 'off') {
    const why =
      'a qcow2 without its clusters allocated reads zeros in place of what was written past it, and overwrites it';
    return { apart: { why, refuses: 'stubs', instead: 'set `preallocation: metadata`, or `stub: none` for the ring' } };
  }
  if (!isBuffered(settings)) return {};
  const why = `with \`cache: ${settings.cache}\` the daemon reads and writes the page cache of the host, and the way past the ring does not`;
  return {
    apart: { why, refuses: 'verify', instead: 'set `cache: none`, `stub: none` for the ring, or leave out `verify`' },
  };
}

async function raiseDisk(
  site: Site,
  lane: Lane,
  { number, settings }: { readonly number: number; readonly settings: VmmSettings },
): Promise<Lane> {
  const folder = `${stateFolder}/${site.names.run}`;
  const image = `${folder}/disk${number}.qcow2`;
  const bytes = lane.sectors * sectorBytes;
  if (settings.format === 'qcow2') {
    const why = `the tables of the qcow2 of guest ${number}, in memory`;
    await site.host.apply({
      kind: 'exec',
      argv: imageArguments(settings, { image, bytes }),
      witness: { parent: folder },
      slow: true,
      why,
    });
  }
  const backend = diskBackend(settings, { device: lane.device, image });
  const disk = await raiseRing(site, {
    part: `r${number}`,
    number,
    sectors: lane.sectors,
    cpuMax: settings.cpuMax,
    daemon: (name) => daemonArguments(name, settings, backend),
  });
  return isBuffered(settings) ? { ...disk, cachedIn: lane.device } : disk;
}
