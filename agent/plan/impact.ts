// `--max-impact`: the most that all guests together may take of the host, and the most that others may suffer (pure).

import { guestFacts } from '../lib/guest.ts';
import { UsageError } from '../lib/errors.ts';
import { parseBytes } from '../lib/units.ts';
import type { GuestLimits, Profile } from '../profile/profile.ts';

export interface Impact {
  /** I/Os and bytes a second of all guests together. */
  readonly io: Readonly<Partial<Record<IoKey, number>>>;
  /** CPU time of all guests together: per cent of one CPU. */
  readonly cpuPercent: number | undefined;
  /** By how many points of a hundred the time in which another cgroup waits may grow. */
  readonly pressurePoints: number;
}

const ioKeys = ['riops', 'wiops', 'rbps', 'wbps'] as const;
type IoKey = (typeof ioKeys)[number];

/** The limit of every run: others may wait a little more, as with any load, but not a third of their time. */
export const defaultImpact: Impact = { io: {}, cpuPercent: undefined, pressurePoints: 30 };

/** Period of cpu.max in microseconds, and its least quota (kernel/sched/core.c, min_cfs_quota_period). */
const cpuPeriodUs = 100_000;
const leastQuotaUs = 1_000;

/** Reads `riops=2000,cpu=50,pressure=10` and the like. Throws UsageError. */
export function parseImpact(text: string): Impact {
  const given = text.split(',').map((part) => part.split('='));
  const known = [...ioKeys, 'cpu', 'pressure'];
  const wrong = given.find(([key = '', value], i) => {
    const isTwice = given.findIndex(([other]) => other === key) !== i;
    return !known.includes(key) || isTwice || !(amountOf(key, value) > 0);
  });
  if (wrong) {
    throw new UsageError(
      `--max-impact: "${wrong.join('=')}" is not a limit`,
      'expected such as riops=2000,rbps=50MiB,cpu=50,pressure=10, each once',
    );
  }
  const values = new Map(given.map(([key = '', value]) => [key, amountOf(key, value)]));
  return {
    io: Object.fromEntries(ioKeys.flatMap((key) => (values.has(key) ? [[key, values.get(key)]] : []))),
    cpuPercent: values.get('cpu'),
    pressurePoints: values.get('pressure') ?? defaultImpact.pressurePoints,
  };
}

/** Throws UsageError where a limit would have no effect on guests of this kind. */
export function mustReach(guest: Profile['guest'], { cpuPercent }: Impact): void {
  if (!guestFacts[guest].ownKernel || cpuPercent === undefined) return;
  throw new UsageError(
    `--max-impact: cpu=${cpuPercent} cannot be kept with \`guest: ${guest}\`: cpu.max does not reach into a domain`,
    `use riops, wiops, rbps or wbps, which hold in domain 0; CPUs of a domain are \`queues\` of its ring`,
  );
}

/** The guests' limits with an equal share of the impact each, where that is tighter than their own. */
export function withinImpact(guests: readonly GuestLimits[], impact: Impact): readonly GuestLimits[] {
  const share = (total: number): number => Math.max(1, Math.floor(total / guests.length));
  return guests.map((guest) => {
    const io = ioKeys.flatMap((key) => {
      const [own, most] = [guest.ioMax?.[key], impact.io[key]];
      const tightest = Math.min(own ?? Infinity, most === undefined ? Infinity : share(most));
      return Number.isFinite(tightest) ? [[key, tightest] as const] : [];
    });
    return {
      ...guest,
      ...(io.length > 0 ? { ioMax: Object.fromEntries(io) } : {}),
      ...(impact.cpuPercent === undefined
        ? {}
        : { cpuMax: tighterCpuMax(guest.cpuMax, (impact.cpuPercent / 100) * (1 / guests.length)) }),
    };
  });
}

/** `cpus`: CPU time a second. */
function tighterCpuMax(own: string | undefined, cpus: number): string {
  const [quota = 'max', period = `${cpuPeriodUs}`] = own?.split(' ') ?? [];
  if (own !== undefined && quota !== 'max' && Number(quota) / Number(period) <= cpus) return own;
  return `${Math.max(leastQuotaUs, Math.floor(cpus * cpuPeriodUs))} ${cpuPeriodUs}`;
}

function amountOf(key: string, value: string | undefined): number {
  if (value === undefined) return NaN;
  if (key === 'rbps' || key === 'wbps') return parseBytes(value) ?? NaN;
  return /^\d{1,9}$/.test(value) ? Number(value) : NaN;
}
