// Next steps for limits outside of the stack.

import type { MetLimit } from '../../lib/own-limit.ts';
import type { Facts } from './facts.ts';
import { renderSetting } from './own-limit.ts';

type Outside = Extract<Facts['verdict'], { kind: 'outside' }>;

/** The next step for a limit outside of the stack. */
export const beyondTheStack: Readonly<Record<Outside['limit'], string>> = {
  'io-max': "raise the guests' io.max",
  rate: "raise the rate of the guests' job",
  'rate-iops': "raise the rate of the guests' job",
  'think-time': "shorten the think time of the guests' job",
  'cpu-max': "raise the guests' cpu.max",
  cpuset: "give the guests' cpuset more CPUs",
  'memory-max': "raise the guests' memory.max",
  iodepth: 'let the guests have more in flight, or drive more of them',
  thread: 'drive more guests, since one cannot ask for more than its thread can',
  cpu: 'give the host more CPU, or drive fewer guests',
};

/** The setting to change, and where it is set. */
export function changes(met: readonly Pick<MetLimit, 'kind' | 'by'>[]): string {
  const all = met.map((one) => `${beyondTheStack[one.kind]}, ${renderSetting(one)}`);
  return [...new Set(all)].join('; ');
}
