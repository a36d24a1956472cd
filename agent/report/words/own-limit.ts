// Limits of the guests' own in words.

import type { MetLimit } from '../../lib/own-limit.ts';
import { unreachable } from '../../lib/unreachable.ts';

/** `guests 1 to 3 stand at their own io.max (riops=120); guest 4 ...`. */
export function renderMet(met: readonly MetLimit[]): string {
  return met.map(renderOne).join('; ');
}

function renderOne(met: MetLimit): string {
  const { kind, guests } = met;
  const many = guests.length > 1;
  const [who, their] = [renderGuests(guests), many ? 'their' : 'its'];
  const value = renderValue(met);
  switch (kind) {
    case 'io-max':
      return `${who} ${many ? 'stand' : 'stands'} at ${their} own io.max (${value})`;
    case 'rate':
    case 'rate-iops':
      if (met.by === 'profile')
        return `${who} ${many ? 'ask' : 'asks'} for no more than ${their} own rate (${value}${many ? ' each' : ''}) and ${many ? 'get' : 'gets'} it`;
      return `${who} ${many ? 'stand' : 'stands'} at the rate of ${their} own job (${value})`;
    case 'think-time':
      return `${who} ${many ? 'spend' : 'spends'} most of the time thinking, as ${their} own job says (${value})`;
    case 'cpu-max':
      return `${who} ${many ? 'wait' : 'waits'} for ${their} own cpu.max (${value})`;
    case 'cpuset':
      return `the CPUs of ${who}, ${their} own cpuset (${value}), are full`;
    case 'memory-max':
      return `${who} ${many ? 'wait' : 'waits'} for memory at ${their} own memory.max (${value})`;
    case 'iodepth':
      return `${who} ${many ? 'keep' : 'keeps'} all in flight that ${many ? 'they' : 'it'} may (${value})`;
    default:
      return unreachable(kind);
  }
}

/** Where a limit is set, for who is to change it. */
export function renderSetting({ kind, by }: Pick<MetLimit, 'kind' | 'by'>): string {
  if (by === 'max-impact') return '`--max-impact`, of which each guest has an equal share';
  switch (kind) {
    case 'io-max':
      return '`guests.ioMax` in the profile';
    case 'rate':
      return '`rate` in the job file';
    case 'rate-iops':
      return by === 'job' ? '`rate_iops` in the job file' : '`rate` of the workload in the profile';
    case 'think-time':
      return '`thinktime` in the job file';
    case 'cpu-max':
      return '`guests.cpuMax` in the profile';
    case 'cpuset':
      return '`guests.cpuset` in the profile';
    case 'memory-max':
      return '`guests.memoryMax` in the profile';
    case 'iodepth':
      return by === 'job' ? '`iodepth` in the job file' : '`iodepth` in the profile';
    default:
      return unreachable(kind);
  }
}

export function renderValue({ value, by }: Pick<MetLimit, 'value' | 'by'>): string {
  return by === 'max-impact' ? `${value} each, by --max-impact` : value;
}

/** `guest 2`, `guests 1 to 3`, `guests 1, 2 and 5`. `guests` goes up. */
export function renderGuests(guests: readonly number[]): string {
  const [first = 0] = guests;
  const last = guests.at(-1) ?? first;
  if (guests.length < 2) return `guest ${first}`;
  if (guests.length > 2 && last - first === guests.length - 1) return `guests ${first} to ${last}`;
  return `guests ${guests.slice(0, -1).join(', ')} and ${last}`;
}
