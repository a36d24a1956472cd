// What the agent itself costs: its CPU time and its resident memory.

import type { Source } from './source.ts';

interface AgentCost {
  readonly cpuUs: number;
  readonly residentBytes: number;
}

export const agent: Source<AgentCost> = {
  read: () => {
    const { user, system } = process.cpuUsage();
    return Promise.resolve({ cpuUs: user + system, residentBytes: process.memoryUsage.rss() });
  },
  between: (from, to, elapsedMs) => ({
    cpuPercent: (to.cpuUs - from.cpuUs) / 10 / elapsedMs,
    residentBytes: to.residentBytes,
  }),
};
