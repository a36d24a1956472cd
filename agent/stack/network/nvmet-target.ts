// An NVMe/TCP target of the kernel (nvmet), listening inside a network namespace.
// nvmet opens its socket in the namespace of the process that links the subsystem to the port
// (drivers/nvme/target/tcp.c), so that one link is made from inside; all else is plain configfs.
// Nobody else gets at the disk behind it: no route of the host leads into the namespace, and the subsystem serves one host NQN
// alone, which cannot be guessed.

import { controllersOf } from '../../host/formats/nvme-controllers.ts';
import type { Mark } from '../../host/facts/traces.ts';
import type { Sought } from '../../host/host.ts';
import type { Need } from '../../host/needs/needs.ts';
import { loadChecksums } from '../checksums.ts';
import { nvmePort } from '../names.ts';
import type { Lane, Site } from '../provider.ts';
import { namespaceMarks, namespaceNeeds } from './veth-path.ts';

export const nvmeNeeds: readonly Need[] = [
  { kind: 'configfs' },
  ...namespaceNeeds,
  { kind: 'module', name: 'nvmet_tcp', forWhat: 'the NVMe/TCP target' },
  { kind: 'module', name: 'nvme_tcp', forWhat: 'the NVMe/TCP initiator' },
];

const root = '/sys/kernel/config/nvmet';

export const nvmetMarks: readonly Mark[] = [
  ...namespaceMarks,
  { folder: `${root}/subsystems`, name: /org\.layerlift:/ },
  { folder: `${root}/hosts`, name: /org\.layerlift:/ },
];

export interface Target {
  readonly part: string;
  readonly index: number;
  readonly netns: string;
  readonly address: string;
}

export interface Queues {
  readonly queues: number;
  readonly queueSize: number;
}

/** Offers the lane beneath as namespace 1 of a subsystem of its own. */
export async function raiseTarget(site: Site, target: Target): Promise<void> {
  const { host, names, under } = site;
  const nqn = names.nqn(target.part);
  const subsystem = `${root}/subsystems/${nqn}`;
  const namespace = `${subsystem}/namespaces/1`;
  const port = `${root}/ports/${names.nvmetPort(target.index)}`;
  const why = `the ${target.part} target`;
  const set = (path: string, value: string, restore: 'never' | { value: string } = 'never'): Promise<string> =>
    host.apply({ kind: 'write', path, value, restore, why });

  await loadChecksums(host);
  await host.apply({ kind: 'module', name: 'nvmet_tcp', why: 'the NVMe/TCP target' });
  const hostnqn = names.hostnqn(target.part);
  const allowed = `${root}/hosts/${hostnqn}`;
  await host.apply({ kind: 'mkdir', path: allowed, why: `who may read from ${why}` });
  await host.apply({ kind: 'mkdir', path: subsystem, why });
  // 0 is the default; the kernel refuses the link below while it is 1.
  await set(`${subsystem}/attr_allow_any_host`, '0');
  await host.apply({ kind: 'link', path: `${subsystem}/allowed_hosts/${hostnqn}`, target: allowed, why });
  await host.apply({ kind: 'mkdir', path: namespace, why });
  await set(`${namespace}/device_path`, under[0]?.device ?? '');
  await set(`${namespace}/enable`, '1', { value: '0' });
  await host.apply({ kind: 'mkdir', path: port, why });
  await set(`${port}/addr_adrfam`, 'ipv4');
  await set(`${port}/addr_trtype`, 'tcp');
  await set(`${port}/addr_traddr`, target.address);
  await set(`${port}/addr_trsvcid`, `${nvmePort}`);
  await host.apply({ kind: 'link', path: `${port}/subsystems/${nqn}`, target: subsystem, netns: target.netns, why });
}

/** Connects to a target and gives its disk as the only lane. `part` is that of its host NQN; `netns`: dial from inside that namespace. */
export async function connect(
  site: Site,
  target: { part: string; address: string; port: number; nqn: string; netns?: string; label: string } & Queues,
): Promise<readonly Lane[]> {
  const { host, names, geometry } = site;
  const { label, part, ...where } = target;
  const hostnqn = names.hostnqn(part);
  await loadChecksums(host);
  await host.apply({ kind: 'module', name: 'nvme_tcp', why: 'the NVMe/TCP initiator' });
  await host.apply({
    kind: 'nvme-connect',
    ...where,
    hostnqn,
    hostid: names.hostid(part),
    why: `the path to the ${label} target`,
  });
  const device = await host.find(namespaceOf({ nqn: target.nqn, hostnqn }));
  return [{ device, sectors: geometry.sectors }];
}

/** The disk of our connection. With multipath it hangs below the subsystem, without it below the controller. */
export function namespaceOf(path: { readonly nqn: string; readonly hostnqn: string }): Sought {
  return {
    what: `the namespace of ${path.nqn}`,
    look: async (reads) => {
      const controllers = await controllersOf(path, reads);
      if (controllers.length === 0) return undefined;
      const diskBelow = async (folder: string): Promise<string | undefined> => {
        const disk = (await reads.list(folder)).find((name) => /^nvme\d+n\d+$/.test(name));
        return disk === undefined ? undefined : `/dev/${disk}`;
      };
      for (const controller of controllers) {
        const folder = `/sys/class/nvme/${controller}`;
        if ((await reads.read(`${folder}/state`))?.trim() !== 'live') continue;
        const disk = await diskBelow(folder);
        if (disk !== undefined) return disk;
      }
      for (const subsystem of await reads.list('/sys/class/nvme-subsystem')) {
        const folder = `/sys/class/nvme-subsystem/${subsystem}`;
        if ((await reads.read(`${folder}/subsysnqn`))?.trim() !== path.nqn) continue;
        const disk = await diskBelow(folder);
        if (disk !== undefined) return disk;
      }
      return undefined;
    },
  };
}
