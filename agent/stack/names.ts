// The names of everything that a run makes: all carry its id, so that nothing else is ever touched.

import type { Host } from '../host/host.ts';

export interface Names {
  readonly run: string;
  /** `layerlift-<run>-<part>`; with a six-digit run it fits the 31 characters of a disk name if `part` has at most 14. */
  readonly object: (part: string) => string;
  /** Name and uuid of a device-mapper device. */
  readonly dm: (part: string) => { readonly name: string; readonly uuid: string };
  /** A network interface: at most 15 characters (IFNAMSIZ). */
  readonly link: (part: string) => string;
  readonly nqn: (part: string) => string;
  /** Marks our NVMe controllers. Each of our targets serves its own one alone; what follows the part cannot be guessed. */
  readonly hostnqn: (part: string) => string;
  /** The name of an iSCSI target. */
  readonly iqn: (part: string) => string;
  /** The name of an iSCSI initiator. Each session of ours has its own, and a secret that stands nowhere else. */
  readonly initiator: (part: string) => string;
  /** The number of our netlink socket, which the kernel keeps with an iSCSI session that it was told to make. */
  readonly creator: number;
  /** A pattern of all host NQNs, without what cannot be guessed: for what every user may read. */
  readonly hostnqns: string;
  readonly hostid: (part: string) => string;
  /** An NAA identifier (IEEE registered, the OUI that LIO uses) with the run in it. */
  readonly naa: (index: number) => string;
  /** The model that our SCSI disks say they are: at most 16 characters (SPC, the product identification of INQUIRY). */
  readonly scsiModel: string;
  /** A free number for an nvmet port, the same for a run at each call. */
  readonly nvmetPort: (index: number) => number;
  readonly cgroup: string;
  /** The unit of systemd that the cgroup is delegated to, and its slice; absent where systemd does not run. */
  readonly unit?: { readonly name: string; readonly slice: string };
}

/**
 * `run` has six hexadecimal digits; `secret`: 128 random bits as 32 of them. `underSystemd`: who is the only one to write at
 * the root of the cgroups.
 */
export function namesOf(run: string, secret: string, underSystemd = false): Names {
  const number = Number.parseInt(run, 16);
  const prefix = `layerlift-${run}`;
  return {
    run,
    object: (part) => `${prefix}-${part}`,
    dm: (part) => ({ name: `${prefix}-${part}`, uuid: `LAYERLIFT-${run}-${part}` }),
    link: (part) => `ll${run}${part}`,
    nqn: (part) => `nqn.2026-11.org.layerlift:${run}:${part}`,
    hostnqn: (part) => `nqn.2026-11.org.layerlift:host:${run}:${part}:${secret}`,
    iqn: (part) => `iqn.2026-11.org.layerlift:${run}:${part}`,
    initiator: (part) => `iqn.2026-11.org.layerlift:host:${run}:${part}`,
    // Above all process ids, which others take for theirs (PID_MAX_LIMIT, 2^22).
    creator: 2 ** 30 + number,
    hostnqns: `nqn.2026-11.org.layerlift:host:${run}:*`,
    // The kernel wants another for each host NQN (drivers/nvme/host/fabrics.c, nvmf_host_add).
    hostid: (part) => `6c61796c-6966-4000-8000-${run}${Buffer.from(part.padEnd(3)).toString('hex').slice(0, 6)}`,
    naa: (index) => `naa.6001405${run}${index.toString(16).padStart(3, '0')}`,
    scsiModel: prefix,
    nvmetPort: (index) => 10_000 + ((number * 4 + index) % 50_000),
    ...(underSystemd ? delegated(run) : { cgroup: `/sys/fs/cgroup/${prefix}` }),
  };
}

/** As sd_booted(3) tells whether systemd is the first program of the host. */
export async function namesOn(host: Pick<Host, 'list'>, run: string, secret: string): Promise<Names> {
  return namesOf(run, secret, (await host.list('/run/systemd')).includes('system'));
}

/** A slice of its own beside those of the host's: a dash in its name would put it below another. */
function delegated(run: string): Pick<Names, 'cgroup' | 'unit'> {
  const unit = { name: `layerlift-${run}.service`, slice: `layerlift_${run}.slice` };
  return { cgroup: `/sys/fs/cgroup/${unit.slice}/${unit.name}`, unit };
}

/** Port of TCP that our targets listen on, inside their own namespaces. */
export const nvmePort = 4420;

/** The usual ports of iSCSI and NBD. */
export const iscsiPort = 3260;
export const nbdPort = 10_809;

/**
 * Both ends of the path between our namespaces, a /30 for benchmarking (RFC 2544). No route of the host leads there, so it
 * does not matter what the host itself has at these addresses.
 */
export const pathAddresses = { initiator: '198.18.0.1', target: '198.18.0.2' } as const;
